using Culvert.Endpoints;
using Culvert.Plugins.Tun.Windows.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>
/// The adapter with its session, addresses, routes and MTU. Its MTU follows the plan as long as nobody else sets it; one set from outside
/// is left as it is and reported to the plan.
/// </summary>
internal sealed class TunDevice : IDisposable
{
    private readonly string _name;
    private readonly IEndpointContext _context;
    private readonly WintunLogger _logger;
    private readonly WintunAdapter _adapter;
    private readonly AdapterNetwork _network;
    private readonly MtuWatch? _watch;
    private readonly StageTimer _look;
    private int _ours;
    private int _mtu;

    /// <summary>Opens all of it; what was opened before a failure is closed again.</summary>
    /// <exception cref="StageStartException">It cannot be had as the options wish.</exception>
    public TunDevice(TunOptions options, IEndpointContext context)
    {
        (_name, _context, _look) = (options.Device, context, context.CreateTimer(Look));
        WintunLibrary.Load(options, context.Logger);
        _logger = new WintunLogger(context.Logger);
        WintunAdapter? adapter = null;
        WintunSession? session = null;
        AdapterNetwork? network = null;
        try
        {
            _adapter = adapter = WintunAdapter.OpenOrCreate(options.Device, context.Logger);
            Session = session = new WintunSession(adapter, options.Device, (int)options.RingCapacity.Bytes);
            _network = network = new AdapterNetwork(adapter.Luid, options.Device, context.Logger);
            SetMtu(context.Mtu);
            SetUp(network, options, context.Plan);
            _watch = new MtuWatch(adapter.Luid, () => _look.Schedule(TimeSpan.Zero));
        }
        catch
        {
            network?.Dispose();
            session?.Dispose();
            adapter?.Dispose();
            _logger.Dispose();
            throw;
        }

        context.MtuChanged += FollowPlan;
        TunLog.DeviceUp(context.Logger, options.Device, _mtu, WintunAdapter.DriverVersion);
    }

    /// <summary>The rings.</summary>
    public WintunSession Session { get; }

    /// <summary>The system's name of the interface.</summary>
    public ulong Luid => _adapter.Luid;

    /// <summary>The adapter's MTU in bytes, as last known.</summary>
    public int Mtu => Volatile.Read(ref _mtu);

    public void Dispose()
    {
        _context.MtuChanged -= FollowPlan;
        _watch?.Dispose();
        _look.Dispose();
        _network.Dispose();
        Session.Dispose();
        _adapter.Dispose();
        _logger.Dispose();
    }

    private static void SetUp(AdapterNetwork network, TunOptions options, StagePlan plan)
    {
        foreach (var address in options.Addresses)
        {
            network.Add(address);
        }

        foreach (var route in TunRules.RoutesOf(options, plan))
        {
            network.Add(route);
        }
    }

    private void FollowPlan()
    {
        // Somebody set another one: it stays until they set it back.
        if (_context.Mtu != _ours && Mtu == _ours)
        {
            SetMtu(_context.Mtu);
            TunLog.DeviceMtuSet(_context.Logger, _name, Mtu);
        }
    }

    private void SetMtu(int mtu)
    {
        var code = _network.SetMtu(mtu);
        if (code != WinError.NO_ERROR)
        {
            TunLog.MtuRefused(_context.Logger, _name, mtu, TunStartError.Text((int)code));
        }

        _ours = mtu;
        Volatile.Write(ref _mtu, mtu);
    }

    /// <summary>On the service thread, after the system has told of a change.</summary>
    private void Look()
    {
        if (_network.ReadMtu() is { } now && now != Mtu)
        {
            Volatile.Write(ref _mtu, now);
            TunLog.DeviceMtuChanged(_context.Logger, _name, now);
            _context.ReportMtu(Math.Max(now, MtuSetting.Min));
        }
    }
}
