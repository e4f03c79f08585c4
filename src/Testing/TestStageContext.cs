using System.Net.Sockets;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Testing;

/// <summary>
/// The host's side of the contract for a test of one stage. Nothing happens by itself: posted work and due timers wait until
/// <see cref="RunService"/> runs them on the caller's thread, and what the stage emits is kept in <see cref="Emitted"/>.
/// Thread-safe, like the real one.
/// </summary>
public sealed class TestStageContext : IEndpointContext, IDisposable
{
    private const int DefaultLargestPacket = 9216;

    private readonly Lock _gate = new();
    private readonly ServiceQueue<TestStageContext> _service = new(static (owner, error) => owner.Fault(error));
    private readonly SteppedTimers _timers;
    private readonly List<EmittedPacket> _emitted = [];
    private readonly List<Exception> _faults = [];
    private readonly List<int> _reportedMtus = [];
    private readonly List<(DatagramEndpoint Destination, int Bytes)> _reportedPaths = [];
    private readonly List<(DatagramEndpoint Destination, string Reason)> _reportedFailures = [];
    private readonly SharedParts _shared;
    private int _mtu;
    private int _replacedFiles;

    /// <summary>Creates a context.</summary>
    /// <param name="time">The clock that timers follow; a FakeTimeProvider lets a test turn it. Default: the system's.</param>
    /// <param name="mtu">The largest packet at the stage's place, in bytes.</param>
    /// <param name="id">The stage's id.</param>
    /// <param name="room">The room of rented packets, in bytes; the default has plenty.</param>
    /// <param name="poolCapacity">The most packets rented at once.</param>
    public TestStageContext(
        TimeProvider? time = null, int mtu = 1420, string id = "stage", PacketRoom? room = null, int poolCapacity = 256)
        : this(time ??= new ForwardClock(), mtu, id, new PacketPool(room ?? new(128, DefaultLargestPacket, 128), poolCapacity, time), new(id), 0, 1)
    {
    }

    private TestStageContext(TimeProvider time, int mtu, string id, PacketPool pool, SharedParts shared, int lane, int lanes)
    {
        (Time, _mtu, Id, Pool, _shared, Lane, Lanes) = (time, mtu, id, pool, shared, lane, lanes);
        _timers = new SteppedTimers(time);
        Plan = new StagePlan(mtu, $"{mtu} (test)");
    }

    /// <inheritdoc/>
    public event Action? MtuChanged;

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public int Lane { get; }

    /// <inheritdoc/>
    public int Lanes { get; }

    /// <inheritdoc/>
    public StagePlan Plan { get; init; }

    /// <summary>The network endpoint whose facts the stage sees and may change; null for one that cannot change.</summary>
    public IPacketEndpoint? NetworkEnd { get; set; }

    /// <inheritdoc/>
    public NetworkEndpointShape Network => NetworkEnd?.Facts ?? Plan.Network;

    /// <inheritdoc/>
    public void ChangeNetwork(NetworkEndpointShape wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        (NetworkEnd ?? throw new SocketException((int)SocketError.OperationNotSupported)).Change(wanted);
    }

    /// <summary>The host endpoint that is asked where datagrams lead; null for one that does not know.</summary>
    public IPacketEndpoint? HostEnd { get; set; }

    /// <inheritdoc/>
    public bool LeadsToHost(in DatagramEndpoint destination) => HostEnd?.LeadsHere(destination, Network) ?? false;

    /// <inheritdoc/>
    public int Mtu => Volatile.Read(ref _mtu);

    /// <inheritdoc/>
    public PacketRoom Room => Pool.Room;

    /// <inheritdoc/>
    public TimeProvider Time { get; }

    /// <inheritdoc/>
    public Random Random { get; init; } = Random.Shared;

    /// <inheritdoc/>
    public CounterSet Counters => _shared.Counters;

    /// <summary>The log of the stage.</summary>
    public MemoryLogger Log => _shared.Log;

    /// <summary>Packets that the stage holds now: rented or taken, and neither emitted nor dropped nor disposed.</summary>
    public int LeasesHeld => (int)_shared.Holder.Held;

    /// <summary>Whether <see cref="Emitted"/> keeps a copy of what the stage emits.</summary>
    internal bool KeepsEmitted { get; set; } = true;

    /// <summary>The timestamp at which the next timer is due; null when none is set.</summary>
    internal long? NextDue => _timers.NextDue;

    /// <summary>Where rented and taken packets come from.</summary>
    internal PacketPool Pool { get; }

    /// <summary>The account of the stage's leases.</summary>
    internal PacketHolder Holder => _shared.Holder;

    /// <summary>The emitted packets, oldest first.</summary>
    public IReadOnlyList<EmittedPacket> Emitted
    {
        get { lock (_gate) { return [.. _emitted]; } }
    }

    /// <summary>The exceptions given to <see cref="Fault"/> or thrown by timers and posted work.</summary>
    public IReadOnlyList<Exception> Faults
    {
        get { lock (_gate) { return [.. _faults]; } }
    }

    /// <summary>The values given to <see cref="ReportMtu"/>.</summary>
    public IReadOnlyList<int> ReportedMtus
    {
        get { lock (_gate) { return [.. _reportedMtus]; } }
    }

    /// <summary>The values given to <see cref="ReportPath"/>.</summary>
    public IReadOnlyList<(DatagramEndpoint Destination, int Bytes)> ReportedPaths
    {
        get { lock (_gate) { return [.. _reportedPaths]; } }
    }

    /// <summary>The limits that <see cref="PathTo"/> returns; null returns <see cref="Mtu"/> for both directions.</summary>
    public (int Outbound, int Inbound)? Path { get; set; }

    /// <summary>What <see cref="ReportPath"/> returns: whether some stage follows paths by itself.</summary>
    public bool FollowsPaths { get; set; }

    ILogger IStageContext.Logger => Log;

    /// <summary>Contexts for the instances of one stage in several lanes: they share counters, log, pool and <see cref="State{T}"/>.</summary>
    /// <param name="lanes">1 or more.</param>
    /// <param name="time">The clock.</param>
    /// <param name="mtu">The largest packet at the stage's place, in bytes.</param>
    public static IReadOnlyList<TestStageContext> ForLanes(int lanes, TimeProvider? time = null, int mtu = 1420)
    {
        var first = new TestStageContext(time, mtu);
        return [.. Enumerable.Range(0, lanes)
            .Select(lane => new TestStageContext(first.Time, mtu, first.Id, first.Pool, first._shared, lane, lanes))];
    }

    /// <summary>The sum of the counters of that name, over all tags; 0 when none was declared.</summary>
    public long Count(string name) => Counters.All.Where(counter => counter.Name == name).Sum(counter => counter.Value);

    /// <summary>Returns the emitted packets and removes them from <see cref="Emitted"/>.</summary>
    public IReadOnlyList<EmittedPacket> TakeEmitted()
    {
        lock (_gate)
        {
            EmittedPacket[] taken = [.. _emitted];
            _emitted.Clear();
            return taken;
        }
    }

    /// <summary>Sets the MTU and raises <see cref="MtuChanged"/> on the caller's thread.</summary>
    public void SetMtu(int bytes)
    {
        Volatile.Write(ref _mtu, bytes);
        MtuChanged?.Invoke();
    }

    /// <summary>
    /// Runs posted work and due timers until none is left, on the caller's thread. What they throw is kept in <see cref="Faults"/>.
    /// </summary>
    /// <param name="limit">The most callbacks to run, so that work that posts itself ends.</param>
    /// <returns>The number of callbacks that ran.</returns>
    public int RunService(int limit = 10_000)
    {
        for (var ran = 0; ran < limit; ran++)
        {
            _timers.FireDue();
            if (_service.RunPending(1) == 0)
            {
                return ran;
            }
        }

        return limit;
    }

    /// <inheritdoc/>
    public bool TryRent(int length, out PacketLease lease) => Pool.TryRent(Holder, length, out lease);

    /// <inheritdoc/>
    public void Emit(Direction direction, PacketLease lease)
    {
        var emitted = lease.Emit();
        if (!KeepsEmitted)
        {
            emitted.Return();
            return;
        }

        var packet = new EmittedPacket(direction, emitted.Slot.Data.ToArray(), emitted.Slot.Endpoint)
        {
            TrafficClass = emitted.Slot.TrafficClass,
            MayFragment = emitted.Slot.MayFragment,
        };
        emitted.Return();
        lock (_gate)
        {
            _emitted.Add(packet);
        }
    }

    /// <inheritdoc/>
    public StageTimer CreateTimer(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new ServiceTimer(_timers, callback, work => _service.PostTimer(this, work));
    }

    /// <inheritdoc/>
    public void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        // As in the host, a timer that was due before goes first.
        _timers.FireDue();
        _service.Post(this, work);
    }

    /// <inheritdoc/>
    public T State<T>(string name, Func<IStageContext, T> create)
        where T : class => _shared.State.Get(name, () => create(this));

    /// <inheritdoc/>
    public void ReportMtu(int bytes)
    {
        lock (_gate)
        {
            _reportedMtus.Add(bytes);
        }
    }

    /// <summary>How often <see cref="ReportReplacedFile"/> was called.</summary>
    public int ReplacedFiles => Volatile.Read(ref _replacedFiles);

    /// <inheritdoc/>
    public void ReportReplacedFile() => Interlocked.Increment(ref _replacedFiles);

    /// <summary>What was given to <see cref="ReportPathFailure"/>.</summary>
    public IReadOnlyList<(DatagramEndpoint Destination, string Reason)> ReportedPathFailures
    {
        get { lock (_gate) { return [.. _reportedFailures]; } }
    }

    /// <inheritdoc/>
    public bool ReportPathFailure(in DatagramEndpoint destination, string reason)
    {
        lock (_gate)
        {
            _reportedFailures.Add((destination, reason));
        }

        return FollowsPaths;
    }

    /// <inheritdoc/>
    public bool ReportPath(in DatagramEndpoint destination, int bytes)
    {
        lock (_gate)
        {
            _reportedPaths.Add((destination, bytes));
        }

        return FollowsPaths;
    }

    /// <inheritdoc/>
    public (int Outbound, int Inbound) PathTo(in IpAddressValue address) => Path ?? (Mtu, Mtu);

    /// <inheritdoc/>
    public void Fault(Exception reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        lock (_gate)
        {
            _faults.Add(reason);
        }
    }

    /// <summary>The context of the instance that replaces this one after a reload: with the same state, counters, log and pool.</summary>
    public TestStageContext Successor() => Successor(Plan);

    /// <summary>As <see cref="Successor()"/>, after a reload that changed other stages, too.</summary>
    /// <param name="plan">The stage's place in the new plan.</param>
    public TestStageContext Successor(StagePlan plan) =>
        new(Time, Mtu, Id, Pool, _shared with { State = new EntryState(_shared.State) }, Lane, Lanes) { Plan = plan };

    /// <summary>Disposes the objects of <see cref="State{T}"/>, when no successor uses them.</summary>
    public void Dispose() => _shared.State.Dispose();

    /// <summary>The objects that the contexts of one entry share.</summary>
    private sealed record SharedParts
    {
        public SharedParts(string id) => Holder = new PacketHolder(id, Counters);

        public CounterSet Counters { get; } = new();

        public EntryState State { get; init; } = new();

        public PacketHolder Holder { get; }

        public MemoryLogger Log { get; } = new();
    }
}
