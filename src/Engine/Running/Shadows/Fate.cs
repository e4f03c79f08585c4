using Culvert.Counters;
using Culvert.Packets;

namespace Culvert.Engine.Running.Shadows;

/// <summary>What a stage did with a packet.</summary>
internal enum Fate : byte
{
    Passed,
    Dropped,
    Taken,
    Consumed,
    Threw,
}

/// <summary>The fields of a packet that are not in its bytes.</summary>
internal readonly record struct PacketLabels(DatagramEndpoint Endpoint, byte TrafficClass, bool MayFragment)
{
    public static PacketLabels Of(in PacketSlot slot) => new(slot.Endpoint, slot.TrafficClass, slot.MayFragment);

    public void WriteTo(Packet packet) => (packet.Endpoint, packet.TrafficClass, packet.MayFragment) = (Endpoint, TrafficClass, MayFragment);
}

/// <summary>The fate of a packet with the reason of a drop.</summary>
/// <param name="Fate">The fate.</param>
/// <param name="Reason">Why it was dropped; null unless it was.</param>
internal readonly record struct Outcome(Fate Fate, DropReason? Reason)
{
    /// <summary>The outcome of a packet of a batch.</summary>
    /// <param name="departure">How it left the batch.</param>
    /// <param name="threw">Whether the stage threw.</param>
    public static Outcome Of(in Departure departure, bool threw) => departure.Kind switch
    {
        DepartureKind.Dropped => new(Fate.Dropped, departure.Reason),
        DepartureKind.Taken => new(Fate.Taken, null),
        DepartureKind.Consumed => new(Fate.Consumed, null),
        _ => new(threw ? Fate.Threw : Fate.Passed, null),
    };

    /// <summary>Whether both mean the same: reasons of two stages are the same by their names and tags.</summary>
    public bool IsLike(in Outcome other) =>
        Fate == other.Fate && (Reason is null ? other.Reason is null : other.Reason is not null && Reason.Name == other.Reason.Name && Reason.Tags.SequenceEqual(other.Reason.Tags));

    /// <summary><c>passed</c>, <c>dropped as denied (web)</c>.</summary>
    public override string ToString() => (Fate, Reason) switch
    {
        (Fate.Dropped, { Tags.Count: > 0 } reason) => $"dropped as {reason.Name} ({string.Join(", ", reason.Tags.Select(tag => tag.Value))})",
        (Fate.Dropped, { } reason) => $"dropped as {reason.Name}",
        (Fate.Taken, _) => "kept",
        (Fate.Consumed, _) => "consumed",
        (Fate.Threw, _) => "threw",
        _ => "passed",
    };
}
