namespace Encrypt.Tests.Simulation;

/// <summary>The clock of a simulation: it stands until it is set.</summary>
internal sealed class SimulatedClock
{
    /// <summary>The time since the beginning.</summary>
    public TimeSpan Now { get; set; }

    /// <summary>The same time at an end whose time of day is its own.</summary>
    internal sealed class OfEnd(SimulatedClock clock) : TimeProvider
    {
        private static readonly DateTimeOffset _beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        /// <summary>What the time of day is wrong by.</summary>
        public TimeSpan Error { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        // Not zero at the beginning: the protocol must not depend on that.
        public override long GetTimestamp() => (clock.Now + TimeSpan.FromDays(1)).Ticks;

        public override DateTimeOffset GetUtcNow() => _beginning + clock.Now + Error;

        /// <summary>Converts a timestamp to the time since the beginning.</summary>
        public static TimeSpan Convert(long timestamp) => TimeSpan.FromTicks(timestamp) - TimeSpan.FromDays(1);
    }
}
