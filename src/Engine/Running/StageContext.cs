using Culvert.Counters;
using Culvert.Engine.Guarding;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Running;

/// <summary>
/// The context of one instance. Until <see cref="Activate"/> (the chain that it belongs to runs) emissions and posts wait here; after
/// <see cref="Close"/> they come to nothing.
/// </summary>
internal sealed class StageContext : IEndpointContext
{
    private readonly Lock _gate = new();
    private readonly IPipelineHost _host;
    private readonly HashSet<ServiceTimer> _timers = [];
    private volatile StageNode _node;
    private List<Held>? _waiting = [];
    private bool _closed;
    private bool _ended;

    public StageContext(StageNode node, IPipelineHost host, PacketRoom room) => (_node, _host, Room) = (node, host, room);

    public event Action? MtuChanged;

    public string Id => _node.Unit.Id;

    public int Lane => _node.Lane;

    public int Lanes => _host.Lanes;

    public StagePlan Plan => _node.Unit.Plan.Place;

    public NetworkEndpointShape Network => (_host.NetworkEnd is { } end ? StageCalls.FactsOf(end) : null) ?? Plan.Network;

    public int Mtu => _node.Unit.Mtu;

    public PacketRoom Room { get; }

    public TimeProvider Time => _host.Time;

    public bool IsOffline => _host.IsOffline;

    public Random Random => _host.Random;

    public CounterSet Counters => _node.Unit.Counters;

    public ILogger Logger => _node.Unit.Logger;

    public bool TryRent(int length, out PacketLease lease) => _host.Pool.TryRent(_node.Unit.Holder, length, out lease);

    public void Emit(Direction direction, PacketLease lease)
    {
        // From here on the packet is the host's: a lease that was emitted before throws here, at the culprit's call.
        var packet = lease.Emit();
        if (Volatile.Read(ref _waiting) is null || !HoldEmission(direction, packet))
        {
            _host.Emit(_node, direction, packet);
        }
    }

    public StageTimer CreateTimer(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ServiceTimer(Time, callback, PostTimer, Forget);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    public void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (!Volatile.Read(ref _closed) && (Volatile.Read(ref _waiting) is null || !HoldWork(work)))
        {
            _host.Service.Post(_node, work);
        }
    }

    public T State<T>(string name, Func<IStageContext, T> create)
        where T : class
    {
        var own = new StageContext(_node, _host, Room);
        if (_waiting is null)
        {
            own.Activate();
        }

        return _node.Unit.State.Get(name, () => create(own), own);
    }

    public void ReportMtu(int bytes)
    {
        const int minIpv4 = 68;
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, minIpv4);
        _host.ReportMtu(_node.Unit, bytes);
    }

    public (int Outbound, int Inbound) PathTo(in IpAddressValue address)
    {
        var mtu = Mtu;
        return _host.PathTo(_node, address) is var (outbound, inbound) ? (Math.Min(mtu, outbound), Math.Min(mtu, inbound)) : (mtu, mtu);
    }

    public bool ReportPath(in DatagramEndpoint destination, int bytes) => _host.ReportPath(_node.Unit, destination, bytes);

    public bool ReportPathFailure(in DatagramEndpoint destination, string reason) => _host.ReportPathFailure(_node.Unit, destination, reason);

    public void ChangeNetwork(NetworkEndpointShape wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        StageCalls.Change(_host.NetworkEnd ?? throw new InvalidOperationException("The pipeline does not run yet."), wanted);
    }

    public bool LeadsToHost(in DatagramEndpoint destination) => _host.LeadsToHost(destination, Network);

    public void ReportReplacedFile() => _host.ReportReplacedFile();

    public void Fault(Exception reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        _host.Fault(_node, reason);
    }

    /// <summary>Queues a timer's callback for the service thread.</summary>
    public void PostTimer(Action callback)
    {
        if (!Volatile.Read(ref _closed) && (Volatile.Read(ref _waiting) is null || !HoldWork(callback)))
        {
            _host.Service.PostTimer(_node, callback);
        }
    }

    /// <summary>The MTU at the stage's place is another now. On the service thread.</summary>
    public void RaiseMtuChanged() => MtuChanged?.Invoke();

    /// <summary>A timer was disposed by its stage.</summary>
    public void Forget(ServiceTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    /// <summary>Releases what waited for the chain to run, in the order of emission.</summary>
    public void Activate()
    {
        lock (_gate)
        {
            foreach (var held in _waiting ?? [])
            {
                held.Go();
            }

            Volatile.Write(ref _waiting, null);
        }
    }

    /// <summary>The context follows its entry to the instance that replaces the one before.</summary>
    public void MoveTo(StageNode successor) => _node = successor;

    /// <summary>The instance is disposed: what it emits from now on is dropped and counted.</summary>
    public void End()
    {
        lock (_gate)
        {
            (_closed, _ended) = (true, true);
            Volatile.Write(ref _waiting, _waiting ?? []);
        }
    }

    /// <summary>Stops the timers for good; what still waits is given back.</summary>
    public void Close()
    {
        ServiceTimer[] timers;
        lock (_gate)
        {
            Volatile.Write(ref _closed, true);
            timers = [.. _timers];
            foreach (var held in _waiting ?? [])
            {
                held.GiveUp?.Invoke();
            }

            _waiting?.Clear();
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }
    }

    // Apart from their callers, whose fast path must not pay for the closures.
    private bool HoldEmission(Direction direction, PooledPacket packet) =>
        Hold(new Held(() => _host.Emit(_node, direction, packet), () => GiveUp(direction, packet)));

    private void GiveUp(Direction direction, PooledPacket packet)
    {
        _node.Unit.HostDrops.Note(_ended ? HostDrop.Undeliverable : HostDrop.Stopped, direction, 1);
        packet.Return();
    }

    private bool HoldWork(Action work) => Hold(new Held(() => _host.Service.Post(_node, work), null));

    private bool Hold(in Held held)
    {
        lock (_gate)
        {
            if (_waiting is null)
            {
                return false;
            }

            if (_closed)
            {
                held.GiveUp?.Invoke();
            }
            else
            {
                _waiting.Add(held);
            }

            return true;
        }
    }

    private readonly record struct Held(Action Go, Action? GiveUp);
}
