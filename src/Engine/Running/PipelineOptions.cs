using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Engine.Running;

/// <summary>The settings of a pipeline beside its plan.</summary>
public sealed record PipelineOptions
{
    /// <summary>The number of queue pairs that work in parallel, 1 or more.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>The most packets that go through the stages together.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>How long a busy lane polls before sleeping; zero disables polling.</summary>
    public TimeSpan BusyPoll { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>The most packets that stages may hold or have under way as leases, over all lanes.</summary>
    public int PoolCapacity { get; init; } = 4096;

    /// <summary>The clock of all stages. By default timestamps count the time in suspend (Linux).</summary>
    public TimeProvider Time { get; init; } = BootClock.Current;

    /// <summary>The stages' random numbers that are not secret. One that is not thread-safe suits a pipeline of one thread only.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>The factory of each stage's logger; the category is the stage's id.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Adds services of the program to those that stages' constructors may take; null for none.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Creates the host endpoint of a lane instead of the plan's own; the pipeline disposes it.</summary>
    public Func<IEndpointContext, IPacketEndpoint>? HostEnd { get; init; }

    /// <summary>Creates the network endpoint of a lane instead of the plan's own; the pipeline disposes it.</summary>
    public Func<IEndpointContext, IPacketEndpoint>? NetworkEnd { get; init; }

    /// <summary>The time limit of one stage's constructor, which may open devices and resolve names.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time limit for threads that are inside a stage at closing or reload.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time after which a stage that holds a batch, or the service thread, is named in the log.</summary>
    internal TimeSpan WatchLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time of one batch or callback in a shadow's candidate; beyond it the candidate is switched off.</summary>
    internal TimeSpan ShadowLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stage may take to report its status.</summary>
    internal TimeSpan StatusLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Called, from any thread, after each step of opening and closing that can take long: a stage's constructor or Dispose has returned.</summary>
    internal Action? Progress { get; init; }

    /// <summary>Creates the observer of a lane's direction; null for none. Called once for each direction of each lane.</summary>
    internal Func<Direction, IChainObserver>? Observer { get; init; }

    /// <summary>Called when all stages are open, before a thread of the pipeline runs: no packet and no timer has reached a stage yet. Must not block.</summary>
    internal Action<Pipeline>? BeforeTraffic { get; init; }
}
