using System.Runtime.Versioning;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Stages;
using static Culvert.Plugins.Transport.Udp.Interop.NetinetIn;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// Passes on what this host and the network say about the path MTU: to the stages that follow paths, which confirm it; without such a stage the
/// plan follows, and ten minutes later the file's value is tried again (RFC 1191 section 6.3). The plan never ends below what carries IPv6;
/// what is larger than the path is fragmented then (<see cref="FragmentAbove"/>).
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PathMtuWatch : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // What an attacker can make the service thread do: a report a hundredth of a second.
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);

    private readonly IEndpointContext _context;
    private readonly StageTimer _raise;
    private readonly StageTimer _report;
    private readonly int _overhead;
    private int _planned;
    private int _current;
    private int _fragmentAbove = int.MaxValue;
    private PathError _latest;
    private int _reporting;
    private long _lastReport;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="context">Where changes are reported.</param>
    /// <param name="planned">The plan's path MTU in bytes: what is never exceeded.</param>
    /// <param name="overhead">The headers that the socket adds, in bytes.</param>
    public PathMtuWatch(IEndpointContext context, int planned, int overhead)
    {
        (_context, _planned, _current, _overhead) = (context, planned, planned, overhead);
        _report = context.CreateTimer(Report);
        _raise = context.CreateTimer(Raise);
    }

    /// <summary>The mark of the socket's datagrams, which may take another route by it. Service thread.</summary>
    public uint Mark { get; set; }

    /// <summary>Datagrams of more bytes go without Don't Fragment. Any thread.</summary>
    public int FragmentAbove => Volatile.Read(ref _fragmentAbove);

    /// <summary>Takes a report that a datagram was too big. Cheap when an earlier one is still on its way. Any thread.</summary>
    public void OnTooBig(in PathError error)
    {
        var now = _context.Time.GetTimestamp();
        if (_context.Time.GetElapsedTime(Volatile.Read(ref _lastReport), now) >= MinPause
            && Interlocked.CompareExchange(ref _reporting, 1, 0) == 0)
        {
            Volatile.Write(ref _lastReport, now);
            _latest = error;
            // No post: one that a blocked service thread refuses would be the last that is tried.
            _report.Schedule(TimeSpan.Zero);
        }
    }

    /// <summary>The file has another path MTU; what the network reported before is forgotten, it will report again. Service thread.</summary>
    /// <param name="planned">The file's path MTU in bytes.</param>
    public void Replan(int planned)
    {
        if (planned != _planned)
        {
            (_planned, _current) = (planned, planned);
            Volatile.Write(ref _fragmentAbove, int.MaxValue);
            _context.ReportMtu(planned);
        }
    }

    /// <summary>Asks for the MTU of the route to an endpoint: the device's, or what the kernel learned. A short-lived socket asks.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="mark">The firewall mark of the datagrams, 0 for none.</param>
    /// <returns>Null without a route.</returns>
    public static unsafe int? RouteMtu(in DatagramEndpoint endpoint, uint mark)
    {
        using var probe = LinuxSocketOpening.Open(endpoint.IsIpv6);
        _ = mark == 0 ? 0 : LinuxSocketOpening.Mark(probe, mark);
        var name = stackalloc byte[SysSocket.SockaddrSpace];
        var length = LinuxSocketOpening.WriteName(name, endpoint.IsIpv6, endpoint);
        if (SysSocket.connect(probe, name, length) != 0)
        {
            return null;
        }

        return endpoint.IsIpv6
            ? SysSocket.GetOption(probe, IPPROTO_IPV6, IPV6_MTU)
            : SysSocket.GetOption(probe, IPPROTO_IP, IP_MTU);
    }

    public void Dispose()
    {
        _raise.Dispose();
        _report.Dispose();
    }

    private void Report()
    {
        var error = _latest;
        Volatile.Write(ref _reporting, 0);
        // A refused segmented send does not say how much would fit.
        error = error.Mtu > 0 ? error : error with { Mtu = RouteMtu(error.Destination, Mark) ?? _planned };
        if (error.Mtu >= _planned || _context.ReportPath(error.Destination, error.Mtu))
        {
            return;
        }

        // What is above what the path carries after all, because the plan keeps room for IPv6, arrives in pieces.
        Volatile.Write(ref _fragmentAbove, Math.Max(0, error.Mtu - _overhead));
        if (error.Mtu < _current)
        {
            _current = error.Mtu;
            UdpStageLog.PathMtuLowered(_context.Logger, _current, error.Destination);
            _context.ReportMtu(Math.Max(_current, PathMtuSetting.Min));
        }

        _raise.Schedule(Lifetime);
    }

    private void Raise()
    {
        if (_current != _planned)
        {
            _current = _planned;
            Volatile.Write(ref _fragmentAbove, int.MaxValue);
            UdpStageLog.PathMtuRaised(_context.Logger, _planned);
            _context.ReportMtu(_planned);
        }
    }
}
