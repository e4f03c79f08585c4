using Culvert.Counters;
using Culvert.Packets;
using Culvert.Tools.Replay;

namespace Culvert.Tools.Cases;

/// <summary>What became of the packets of a step.</summary>
internal sealed class StepOutcome
{
    /// <summary>The packets that left, in order.</summary>
    public List<Departure> Departures { get; } = [];

    /// <summary>The packets that did not leave.</summary>
    public List<Loss> Losses { get; } = [];

    /// <summary>The packets that stages made, in order.</summary>
    public List<(string Stage, MadePacket Packet)> Made { get; } = [];
}

/// <summary>A packet that left.</summary>
/// <param name="Before">As it came in; null for one that a stage made.</param>
/// <param name="After">As it left.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Story">Its way; null in a test of two sites.</param>
internal sealed record Departure(byte[]? Before, byte[] After, Direction Direction, PacketStory? Story);

/// <summary>A packet that did not leave.</summary>
/// <param name="Before">As it came in.</param>
/// <param name="Words">What happened to it, for messages.</param>
/// <param name="Story">Its way; null in a test of two sites.</param>
internal sealed record Loss(byte[] Before, string Words, PacketStory? Story)
{
    /// <summary>The stage that dropped it; null when none did.</summary>
    public string? DroppedBy { get; init; }

    /// <summary>The counter, with the values of its tags; null when no stage dropped it.</summary>
    public string? Reason { get; init; }
}

/// <summary>The counters of a stage at the end of a test.</summary>
/// <param name="Stage">The stage's id.</param>
/// <param name="Counters">All of them.</param>
internal sealed record StageCounters(string Stage, IReadOnlyList<Counter> Counters);
