using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Engine.Running;

/// <summary>What a pipeline needs to run beside its plan.</summary>
public sealed record PipelineOptions
{
    /// <summary>How many queue pairs work side by side: 1 or more, each with two threads.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>The most packets that go through the stages together.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>How long a lane whose ends can be polled asks again and again for packets before it sleeps; zero for not at all.</summary>
    public TimeSpan BusyPoll { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>The most packets that stages may hold or have under way as leases, over all lanes.</summary>
    public int PoolCapacity { get; init; } = 4096;

    /// <summary>The clock of all stages.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The stages' random numbers that are not secret. One that is not thread-safe suits a pipeline of one thread only.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where each stage's log comes from; its category is the stage's id.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Adds services of the program to those that stages' constructors may take; null for none.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Makes the host end of a lane instead of the plan's own; the pipeline disposes it.</summary>
    public Func<IEndpointContext, IPacketEndpoint>? HostEnd { get; init; }

    /// <summary>Makes the network end of a lane instead of the plan's own; the pipeline disposes it.</summary>
    public Func<IEndpointContext, IPacketEndpoint>? NetworkEnd { get; init; }

    /// <summary>How long one stage's constructor may take: it may open devices and ask the network for names.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long closing, or a reload, waits for threads that are inside a stage.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Creates the observer of a lane's direction; null for none. Called once for each direction of each lane.</summary>
    internal Func<Direction, IChainObserver>? Observer { get; init; }
}
