using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;
using Culvert.Options;
using Culvert.Packets;

namespace Culvert.Tools.Cases;

/// <summary>A test that was read without an error. Immutable.</summary>
internal sealed record TestCase
{
    public required string Name { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourcePosition Position { get; init; }

    public required PipelinePlan Plan { get; init; }

    public required IReadOnlyList<TestStep> Steps { get; init; }

    /// <summary>Whether both sites run.</summary>
    public bool Twin { get; init; }

    public CounterExpectation? Counters { get; init; }

    public FilePath? Snapshot { get; init; }

    /// <summary>The files that the test is read from: its own, the pipeline's, captures. None of them may be the snapshot.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Where the snapshot is named.</summary>
    public SourcePosition SnapshotPosition { get; init; }
}

/// <summary>A step of a test.</summary>
internal sealed record TestStep
{
    /// <summary>Where it is written.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>Nanoseconds since the start of the test.</summary>
    public required long At { get; init; }

    public required IReadOnlyList<TestPacket> Packets { get; init; }

    public DepartureExpectation? Out { get; init; }

    public ExpectedDrop? Drop { get; init; }

    public IReadOnlyList<PacketExpectation>? Emits { get; init; }

    /// <summary>Where the emissions are written.</summary>
    public SourcePosition EmitsPosition { get; init; }
}

/// <summary>A packet that comes in.</summary>
/// <param name="At">Nanoseconds since the start of the test.</param>
/// <param name="Direction">Which way it goes.</param>
/// <param name="Bytes">The packet.</param>
internal sealed record TestPacket(long At, Direction Direction, byte[] Bytes);

/// <summary>A drop that is expected.</summary>
/// <param name="Position">Where it is written.</param>
/// <param name="Stage">The stage's id.</param>
/// <param name="Reason">The counter's name, with or without its tags; null for any.</param>
internal sealed record ExpectedDrop(SourcePosition Position, string Stage, string? Reason);
