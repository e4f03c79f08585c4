using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Engine.Running;

namespace Culvert.Tools.Replay;

/// <summary>The sums of one stage over the packets of a replay in one direction.</summary>
internal sealed record StageTally
{
    /// <summary>The entry's id.</summary>
    public required string Id { get; init; }

    /// <summary>Packets that came to it.</summary>
    public required long In { get; init; }

    /// <summary>Packets that it passed on.</summary>
    public required long Passed { get; init; }

    /// <summary>Packets that passed by it, because its entry's condition did not match; among <see cref="In"/> and <see cref="Passed"/>.</summary>
    public required long PassedBy { get; init; }

    /// <summary>The condition; null when all packets go through it.</summary>
    public string? When { get; init; }

    /// <summary>The candidate beside it; null for none.</summary>
    public ShadowStatus? Shadow { get; init; }

    /// <summary>Packets that it passed on with other bytes than they came with.</summary>
    public required long Changed { get; init; }

    /// <summary>The number of packets in which each field was changed, by the field's name, in the order of first occurrence.</summary>
    public required IReadOnlyList<KeyValuePair<string, long>> ChangedFields { get; init; }

    /// <summary>Packets whose checksums were right before it and wrong behind it: the stage is broken.</summary>
    public required long MadeBad { get; init; }

    /// <summary>Packets that it dropped, by the counter that says why.</summary>
    public required IReadOnlyList<KeyValuePair<string, long>> Drops { get; init; }

    /// <summary>Packets that it took out to keep.</summary>
    public required long Taken { get; init; }

    /// <summary>Packets that were lost because it threw.</summary>
    public required long Faulted { get; init; }

    /// <summary>Packets that it made itself, in either direction.</summary>
    public required long Emitted { get; init; }

    /// <summary>The stage's own counters.</summary>
    public required IReadOnlyList<Counter> Counters { get; init; }

    /// <summary>The stage's status details; null without any.</summary>
    public JsonObject? Details { get; init; }
}
