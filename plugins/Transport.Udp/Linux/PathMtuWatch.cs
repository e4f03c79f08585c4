using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Stages;
using static Culvert.Plugins.Transport.Udp.Interop.NetinetIn;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// Follows the path MTU. The kernel learns it (RFC 1191, RFC 8201) and refuses a larger datagram; then the MTU that it knows for that
/// endpoint is asked for on the service thread and reported to the plan. Ten minutes later the file's value is tried again, as RFC 1191
/// section 6.3 has it. One pipeline has one path MTU, so the narrowest path counts.
/// <see cref="OnTooBig"/> belongs to the sending thread.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PathMtuWatch : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly IEndpointContext _context;
    private int _planned;
    private readonly StageTimer _raise;
    private readonly Action _ask;
    private DatagramEndpoint _endpoint;
    private int _asking;
    private int _current;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="context">Where changes are reported.</param>
    /// <param name="planned">The file's path MTU in bytes: what is never exceeded.</param>
    public PathMtuWatch(IEndpointContext context, int planned)
    {
        (_context, _planned, _current) = (context, planned, planned);
        _ask = Ask;
        _raise = context.CreateTimer(Raise);
    }

    /// <summary>The mark of the socket's datagrams, which may take another route by it. Service thread.</summary>
    public uint Mark { get; set; }

    /// <summary>Notes that a datagram to that endpoint was too big. Cheap when the answer to an earlier one is still on its way.</summary>
    public void OnTooBig(in DatagramEndpoint endpoint)
    {
        if (Volatile.Read(ref _asking) == 0)
        {
            _endpoint = endpoint;
            Volatile.Write(ref _asking, 1);
            _context.Post(_ask);
        }
    }

    /// <summary>The file has another path MTU; what the network reported before is forgotten, it will report again. Service thread.</summary>
    /// <param name="planned">The file's path MTU in bytes.</param>
    public void Replan(int planned)
    {
        if (planned != _planned)
        {
            (_planned, _current) = (planned, planned);
            _context.ReportMtu(planned);
        }
    }

    public void Dispose() => _raise.Dispose();

    private void Ask()
    {
        var endpoint = _endpoint;
        var known = KnownPathMtu(endpoint, Mark);
        if (known is { } bytes && bytes < _current)
        {
            _current = PathMtuFloor.Apply(bytes, endpoint.IsIpv6);
            UdpStageLog.PathMtuLowered(_context.Logger, _current, endpoint);
            _context.ReportMtu(_current);
        }

        _raise.Schedule(Lifetime);
        Volatile.Write(ref _asking, 0);
    }

    private void Raise()
    {
        if (_current != _planned)
        {
            _current = _planned;
            UdpStageLog.PathMtuRaised(_context.Logger, _planned);
            _context.ReportMtu(_planned);
        }
    }

    /// <summary>A socket knows the path MTU only once it is connected, so a short-lived one asks.</summary>
    private static unsafe int? KnownPathMtu(in DatagramEndpoint endpoint, uint mark)
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
}
