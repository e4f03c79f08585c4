using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Wire.Text;

namespace Culvert.Tools.Replay;

/// <summary>The outcome of a packet in one stage.</summary>
internal enum StageOutcome
{
    /// <summary>Passed on byte for byte.</summary>
    Unchanged,

    /// <summary>Passed on with other bytes.</summary>
    Changed,

    /// <summary>Passed by the stage, because its entry's condition did not match.</summary>
    PassedBy,

    /// <summary>Dropped under a counter.</summary>
    Dropped,

    /// <summary>Taken out to be kept: the stage may send it later.</summary>
    Taken,

    /// <summary>Lost because the stage threw.</summary>
    Threw,
}

/// <summary>One stage's part in a packet's way.</summary>
/// <param name="StageId">The stage's id.</param>
/// <param name="Outcome">What became of the packet.</param>
/// <param name="Before">The packet as it came.</param>
/// <param name="After">The packet as forwarded; null when it was not.</param>
internal sealed record StageStep(string StageId, StageOutcome Outcome, byte[] Before, byte[]? After)
{
    /// <summary>The fields that changed, in the order of the packet's headers.</summary>
    public required IReadOnlyList<FieldChange> Changes { get; init; }

    /// <summary>Why it was dropped; null when it was not.</summary>
    public DropReason? Reason { get; init; }

    /// <summary>The expression for the packets that pass by the stage; null for one that went through.</summary>
    public string? Condition { get; init; }

    /// <summary>How the result of the candidate beside it differs; null where it does not.</summary>
    public ShadowDifference? Shadow { get; init; }

    /// <summary>The message of what the stage threw; null when it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>Packets that the stage made meanwhile.</summary>
    public required IReadOnlyList<MadePacket> Made { get; init; }
}

/// <summary>A packet that a stage made.</summary>
/// <param name="Direction">Which way it was sent.</param>
/// <param name="Bytes">The packet.</param>
internal sealed record MadePacket(Direction Direction, byte[] Bytes);
