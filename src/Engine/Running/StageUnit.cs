using System.Diagnostics.CodeAnalysis;
using Culvert.Counters;
using Culvert.Engine.Guarding;
using Culvert.Engine.Planning;
using Culvert.Engine.Running.Shadows;
using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Running;

/// <summary>
/// One entry of the file while it runs: what its instances in all lanes share. It outlives a chain when a reload keeps it.
/// Thread-safe.
/// </summary>
internal sealed class StageUnit
{
    private int _mtu;
    private int _bypassed;
    private long _faults;
    private StageFault? _lastFault;

    /// <summary>Initializes a unit; its instances are constructed later.</summary>
    /// <param name="plan">Its place.</param>
    /// <param name="lanes">How many instances.</param>
    /// <param name="logger">Its log.</param>
    /// <param name="files">The files that its options name, as they are now.</param>
    /// <param name="predecessor">
    /// The unit of the same id and stage that it follows after a reload: it counts on, and where its code is the same it takes the state over; or null.
    /// </param>
    public StageUnit(PlannedStage plan, int lanes, ILogger logger, NamedFiles files, StageUnit? predecessor)
    {
        Plan = plan;
        Logger = logger;
        _mtu = plan.Mtu;
        _faults = predecessor?.Faults ?? 0;
        _lastFault = predecessor?.LastFault;
        Counters = predecessor?.Counters ?? new CounterSet();
        State = new EntryState(HasClassOf(predecessor) ? predecessor.State : null);
        HostDrops = predecessor?.HostDrops ?? new HostDrops(Counters);
        Holder = predecessor?.Holder ?? new PacketHolder(plan.Entry.Id, Counters);
        Files = files;
        Status = new StatusQuestion(this);
        Nodes = [.. Enumerable.Range(0, lanes).Select(lane => new StageNode(this, lane, predecessor?.Nodes[lane]))];
    }

    /// <summary>Its place in the plan that runs now.</summary>
    public PlannedStage Plan { get; set; }

    /// <summary>The files that its options name, as they were when it was made.</summary>
    public NamedFiles Files { get; }

    /// <summary>The candidate beside it; null for none.</summary>
    public Shadow? Shadow { get; set; }

    /// <summary>Asks it for its status.</summary>
    public StatusQuestion Status { get; }

    public string Id => Plan.Entry.Id;

    /// <summary>True for the host end and for the network end.</summary>
    public bool IsEnd => Plan.Shape.IsHostEndpoint || Plan.Shape.IsNetworkEndpoint;

    public ILogger Logger { get; }

    public CounterSet Counters { get; }

    /// <summary>The objects that its instances share with each other, and with a successor.</summary>
    public EntryState State { get; }

    /// <summary>Once it is taken out: the entries that were below it, the nearest first. What it emits downwards enters at the first that is left.</summary>
    public IReadOnlyList<string> OnceBelow { get; private set; } = [];

    /// <summary>Once it is taken out: the entries that were above it, the nearest first.</summary>
    public IReadOnlyList<string> OnceAbove { get; private set; } = [];

    /// <summary>The packets that the host drops at its place.</summary>
    public HostDrops HostDrops { get; }

    /// <summary>The account of the packets that it rents and takes.</summary>
    public PacketHolder Holder { get; }

    /// <summary>Its instances by lane.</summary>
    public IReadOnlyList<StageNode> Nodes { get; }

    /// <summary>The contexts that were given to its instances.</summary>
    public List<StageContext> Contexts { get; } = [];

    /// <summary>The largest packet at its place now.</summary>
    public int Mtu => Volatile.Read(ref _mtu);

    /// <summary>True once a fault has taken it out of the chain.</summary>
    public bool IsBypassed => Volatile.Read(ref _bypassed) == 1;

    /// <summary>The number of exceptions that the stage threw.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <summary>The latest fault that was logged; null for none.</summary>
    public StageFault? LastFault
    {
        get => Volatile.Read(ref _lastFault);
        set => Volatile.Write(ref _lastFault, value);
    }

    // After a plugin was replaced the class is another one of the same name: objects of the old code are of no use to the new.
    private bool HasClassOf([NotNullWhen(true)] StageUnit? other) => other is not null && other.Plan.Entry.Type.StageClass == Plan.Entry.Type.StageClass;

    private IEnumerable<StageContext> StateContexts => State.Scopes.Cast<StageContext>();

    public long NoteFault() => Interlocked.Increment(ref _faults);

    /// <returns>True for the first call.</returns>
    public bool Bypass() => Interlocked.Exchange(ref _bypassed, 1) == 0;

    /// <returns>True when it was another.</returns>
    public bool SetMtu(int bytes) => Interlocked.Exchange(ref _mtu, bytes) != bytes;

    /// <summary>Notifies the instances that <see cref="Mtu"/> has changed. On the service thread.</summary>
    public void RaiseMtuChanged(Action<StageUnit, Exception> report)
    {
        foreach (var context in Contexts)
        {
            Contain(context.RaiseMtuChanged, report);
        }

        foreach (var context in StateContexts)
        {
            Contain(context.RaiseMtuChanged, report);
        }
    }

    /// <summary>Releases what the instances emitted and posted before the chain ran.</summary>
    public void Activate()
    {
        foreach (var context in StateContexts)
        {
            context.MoveTo(Nodes[0]);
            context.Activate();
        }

        foreach (var context in Contexts)
        {
            context.Activate();
        }
    }

    /// <summary>It is about to be taken out of a chain.</summary>
    /// <param name="chain">The chain, from the host endpoint to the network endpoint.</param>
    public void Retire(StageUnit[] chain)
    {
        var place = Array.IndexOf(chain, this);
        OnceBelow = [.. chain[(place + 1)..].Select(unit => unit.Id)];
        OnceAbove = [.. chain[..place].Reverse().Select(unit => unit.Id)];
    }

    /// <summary>From now on no timer of the instances fires and nothing that they post is queued.</summary>
    public void Quiet()
    {
        foreach (var context in Contexts)
        {
            context.Close();
        }

        foreach (var context in State.LastScopes.Cast<StageContext>())
        {
            context.Close();
        }
    }

    /// <summary>Disposes the instances and what they share. What they throw goes to <paramref name="report"/>.</summary>
    public void Close(Action<StageUnit, Exception> report)
    {
        foreach (var node in Nodes)
        {
            Contain(() => StageCalls.Dispose(node.Stage), report);
        }

        Quiet();
        foreach (var context in Contexts)
        {
            context.End();
        }

        Contain(() => StageCalls.Dispose(State), report);
    }

    [SuppressMessage("Design", "CA1031", Justification = "One stage's fault must not reach another.")]
    private void Contain(Action action, Action<StageUnit, Exception> report)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            report(this, error);
        }
    }
}
