using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Fixtures;

/// <summary>A fake clock whose time of day can be set, as an administrator or NTP does: timestamps and timers do not notice.</summary>
internal sealed class SettableTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>What was added to the time of day.</summary>
    public TimeSpan Jumped { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Jumped;

    // The base class counts it by the time of day.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
