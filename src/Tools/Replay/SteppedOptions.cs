using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Packets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tools.Replay;

/// <summary>The settings of a stepped pipeline beside its plan.</summary>
internal sealed record SteppedOptions
{
    /// <summary>The clock of all stages.</summary>
    public required ManualClock Clock { get; init; }

    /// <summary>Gets what reaches the host; the batch is good during the call.</summary>
    public required Action<PacketBatch> HostSink { get; init; }

    /// <summary>Gets what reaches the network; the batch is good during the call.</summary>
    public required Action<PacketBatch> NetworkSink { get; init; }

    /// <summary>Sees the packets around each stage.</summary>
    public IChainObserver? Observer { get; init; }

    /// <summary>Told of each drop: the reason, and the mark that the packet carried.</summary>
    public Action<DropReason, uint>? OnDrop { get; init; }

    /// <summary>The stages' random numbers; seeded, they repeat.</summary>
    public Random Random { get; init; } = new(0);

    /// <summary>The source of each stage's logger.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Whether the candidates of entries with <c>shadow</c> run too, on the caller's thread.</summary>
    public bool Shadows { get; init; }

    /// <summary>The most packets that go through the stages together.</summary>
    public int BatchSize { get; init; } = 128;
}
