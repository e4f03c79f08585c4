using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux.Links;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// The device that all lanes share: made, set up, watched, and undone. Its MTU follows the plan as long as nobody else sets it; one set
/// from outside is left as it is and reported to the plan.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class TunDevice : IDisposable
{
    // The kernel's own 500 packets are full within 2 ms of small ones, and a thread that others keep from its processor reads none for 3 ms and more.
    private const int QueueLength = 3000;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly IEndpointContext _context;
    private readonly bool _manyQueues;
    private readonly LinkState? _existing;
    private readonly LinkSetup _link;
    private readonly LinkMonitor _monitor;
    private readonly LinkRepair _repair;
    private readonly StageTimer _elsewhere;
    private readonly StageTimer _follow;
    private readonly Lock _gate = new();
    private TunQueue? _firstQueue;
    private volatile TunQueue _watched;
    private volatile string _name;
    private int _ourMtu;
    private int _mtu;
    private bool _isUp = true;
    private bool _isMoved;
    private bool _isClosing;

    private TunDevice(TunQueue queue, LinkState? existing, LinkSetup link, IEndpointContext context)
    {
        (_firstQueue, _existing, _link, _context, _manyQueues) = (queue, existing, link, context, context.Lanes > 1);
        (_watched, _name) = (queue, queue.Device);
        _ourMtu = _mtu = context.Mtu;
        _repair = new LinkRepair(link, isNew: existing is null, context.Logger);
        _elsewhere = context.CreateTimer(LookElsewhere);
        _follow = context.CreateTimer(OnPlanChanged);
        _monitor = new LinkMonitor(link.Found.Index, OnLinkChanged, context.Fault);
        context.MtuChanged += OnPlanChanged;
    }

    /// <summary>The device's name, as last heard.</summary>
    public string Name => _name;

    /// <summary>Its interface index.</summary>
    public int Index => _link.Found.Index;

    /// <summary>Its MTU in bytes, as last heard.</summary>
    public int Mtu => Volatile.Read(ref _mtu);

    /// <summary>True while it is administratively up.</summary>
    public bool IsUp => Volatile.Read(ref _isUp);

    /// <summary>True while it is in another network namespace, where its addresses and routes are not followed.</summary>
    public bool IsMoved => Volatile.Read(ref _isMoved);

    /// <summary>The addresses and routes that it has now; none where it cannot be asked.</summary>
    public LinkContents Contents
    {
        get
        {
            try
            {
                return _link.Contents();
            }
            catch (Exception error) when (error is NetlinkException or ObjectDisposedException)
            {
                return LinkContents.None;
            }
        }
    }

    /// <summary>Whether the system routes datagrams to a destination into the device. Thread-safe.</summary>
    public bool LeadsHere(in DatagramEndpoint destination, NetworkEndpointShape network)
    {
        try
        {
            return !IsMoved && _link.RouteOf(RouteQuery.Of(destination, network)) == Index;
        }
        catch (Exception error) when (error is NetlinkException or ObjectDisposedException)
        {
            // No route leads there, or the device closes.
            return false;
        }
    }

    /// <summary>What the file has and the device has not.</summary>
    public IEnumerable<object> Missing(LinkContents contents) => _link.Set.Distinct().Where(item => !contents.Has(item));

    /// <summary>The super-packets that are exchanged.</summary>
    public required OffloadInForce Offload { get; init; }

    /// <summary>Creates and configures the device in the calling thread's network namespace.</summary>
    /// <exception cref="StageStartException">It cannot be had as wished; nothing stays behind.</exception>
    public static TunDevice Open(TunOptions options, IEndpointContext context)
    {
        TunQueue? queue = null;
        LinkSetup? link = null;
        try
        {
            var existing = FindExisting(options.Device);
            queue = TunQueue.Open(options.Device, context.Lanes > 1, existing);
            var offload = TunOffload.Negotiate(queue.Device, queue.SetOffload, options.Offload, context.Logger);
            link = LinkSetup.Open(options.Device);
            SetUp(link, options, context, isNew: existing is null);
            var device = new TunDevice(queue, existing, link, context) { Offload = new OffloadInForce(offload) };
            TunLog.DeviceUp(context.Logger, device.Name, device.Index, context.Mtu, context.Lanes, offload);
            return device;
        }
        catch (Exception error)
        {
            link?.Dispose();
            queue?.Dispose();
            if (error is NetlinkException refused)
            {
                throw TunStartError.NotSetUp(options.Device, refused);
            }

            throw;
        }
    }

    /// <summary>A queue for one lane, which the caller disposes.</summary>
    /// <exception cref="StageStartException">The kernel gives no more.</exception>
    public TunQueue TakeQueue() =>
        _watched = Interlocked.Exchange(ref _firstQueue, null) ?? TunQueue.Open(Name, _manyQueues, _existing ?? _link.Found);

    /// <summary>Begins to give the living device other addresses, routes and MTU; see <see cref="LinkChange"/>.</summary>
    /// <exception cref="StageStartException">The system refused one; nothing is changed.</exception>
    public LinkChange Change(TunOptions options, StagePlan plan) =>
        new(_link, options.Addresses, DeviceRouting.Of(options, plan), OnPlanChanged);

    /// <summary>The queues go now, and the link with the last of them: what the monitor sees from here on is no news.</summary>
    public void BeginClose() => Volatile.Write(ref _isClosing, true);

    /// <summary>Stops watching and undoes the setup. The device itself goes with its last queue.</summary>
    public void Dispose()
    {
        _context.MtuChanged -= OnPlanChanged;
        _monitor.Dispose();
        _elsewhere.Dispose();
        _follow.Dispose();
        _link.Dispose();
        _firstQueue?.Dispose();
    }

    private static LinkState? FindExisting(string name)
    {
        using var socket = new RtnetlinkSocket();
        return LinkSetup.Find(socket, name);
    }

    private static void SetUp(LinkSetup link, TunOptions options, IEndpointContext context, bool isNew)
    {
        var mtu = context.Mtu;
        try
        {
            link.SetMtuForNow(mtu);
        }
        catch (NetlinkException error)
        {
            throw TunStartError.MtuRefused(options.Device, mtu, error);
        }

        if (isNew)
        {
            link.SetNoLinkLocal();
            link.SetQueueLength(QueueLength);
        }

        foreach (var address in options.Addresses)
        {
            link.AddAddress(address);
        }

        link.SetUp();
        var routing = DeviceRouting.Of(options, context.Plan);
        foreach (var route in routing.Routes)
        {
            link.AddRoute(route);
        }

        foreach (var rules in routing.Rules)
        {
            link.AddRules(rules);
        }

        if (routing.Rules.Any(rules => rules.Family == AddressFamily.InterNetwork) && ReversePathFilter.StrictDevice(options.Device) is { } strict)
        {
            TunLog.StrictReversePath(context.Logger, options.Device, strict);
        }
    }

    /// <summary>On the monitor's thread: somebody changed the device, perhaps this object.</summary>
    private void OnLinkChanged(bool mayHaveLost)
    {
        LinkState state;
        var mtuChanged = false;
        lock (_gate)
        {
            // How things stand now, not what the message says: by the time it is read, this object may have set another MTU, and an
            // echo of its own would look like a change from outside.
            if (_link.Query() is not { } now)
            {
                ReportMove();
                return;
            }

            state = now;
            if (state.Mtu != _mtu && state.Mtu >= MtuSetting.Min)
            {
                Volatile.Write(ref _mtu, state.Mtu);
                mtuChanged = true;
            }
        }

        ReportReturn(state.Name);
        ReportLinkState(state.IsUp);
        if (mtuChanged)
        {
            ReportMtu(state.Mtu);
        }

        if (!Volatile.Read(ref _isClosing))
        {
            _repair.Look(Name, state, mayHaveLost);
        }
    }

    private void ReportMtu(int mtu)
    {
        TunLog.DeviceMtuChanged(_context.Logger, Name, mtu);
        _context.ReportMtu(mtu);
        // The file's plan: the one that runs may still be that of the MTU before.
        if (mtu > _context.Plan.Mtu)
        {
            TunLog.MtuAbovePlan(_context.Logger, Name, mtu, _context.Plan.Mtu);
        }
    }

    /// <summary>It is not in this namespace any more. Deleted, it is no news: the data path meets that by itself.</summary>
    private void ReportMove()
    {
        if (!IsMoved && !Volatile.Read(ref _isClosing) && _watched.IsAttached)
        {
            Volatile.Write(ref _isMoved, true);
            if (LinkElsewhere.Query(_watched) is null)
            {
                TunLog.DeviceMovedOutOfSight(_context.Logger, Name);
                // What was set from outside before the move says nothing about the device now.
                _mtu = _ourMtu;
                _context.ReportMtu(MtuSetting.Max);
            }
            else
            {
                TunLog.DeviceMoved(_context.Logger, Name);
                _elsewhere.Schedule(TimeSpan.Zero);
            }
        }
    }

    /// <summary>On the service thread: nobody tells of a device in another namespace, so it is asked for.</summary>
    private void LookElsewhere()
    {
        if (!IsMoved || Volatile.Read(ref _isClosing))
        {
            return;
        }

        _elsewhere.Schedule(LookInterval);
        if (LinkElsewhere.Query(_watched) is not { } state)
        {
            // On its way to yet another one, perhaps.
            return;
        }

        Volatile.Write(ref _isUp, state.IsUp);
        bool mtuChanged;
        lock (_gate)
        {
            mtuChanged = IsMoved && state.Mtu != _mtu && state.Mtu >= MtuSetting.Min;
            if (mtuChanged)
            {
                Volatile.Write(ref _mtu, state.Mtu);
            }
        }

        if (mtuChanged)
        {
            ReportMtu(state.Mtu);
        }
    }

    private void ReportReturn(string name)
    {
        if (IsMoved)
        {
            Volatile.Write(ref _isMoved, false);
            TunLog.DeviceMovedBack(_context.Logger, name);
            // No post: one that a blocked service thread refuses would end the monitor's thread, and the process.
            _follow.Schedule(TimeSpan.Zero);
        }

        if (name != Name)
        {
            TunLog.DeviceRenamed(_context.Logger, Name, name);
            _name = name;
        }
    }

    private void ReportLinkState(bool isUp)
    {
        if (isUp == _isUp || Volatile.Read(ref _isClosing))
        {
            return;
        }

        Volatile.Write(ref _isUp, isUp);
        if (isUp)
        {
            TunLog.DeviceUpAgain(_context.Logger, Name);
        }
        else
        {
            TunLog.DeviceDown(_context.Logger, Name);
        }
    }

    /// <summary>On the service thread: the plan has another MTU.</summary>
    private void OnPlanChanged()
    {
        var wanted = _context.Mtu;
        lock (_gate)
        {
            // In another namespace it cannot be set: what is too large is answered.
            if (_mtu != _ourMtu || _mtu == wanted || IsMoved)
            {
                return;
            }

            try
            {
                // The kernel would remove IPv6 that somebody else gave it.
                wanted = Math.Max(wanted, _link.HasIpv6 ? LinkState.MinIpv6Mtu : 0);
                if (_mtu == wanted)
                {
                    return;
                }

                _link.SetMtu(wanted);
            }
            catch (NetlinkException error)
            {
                TunLog.MtuRefused(_context.Logger, Name, wanted, error.Message);
                return;
            }

            (_ourMtu, _mtu) = (wanted, wanted);
        }

        TunLog.DeviceMtuSet(_context.Logger, Name, wanted);
    }
}
