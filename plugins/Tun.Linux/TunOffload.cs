using Culvert.Plugins.Tun.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// What super-packets the kernel and the stage exchange. Asked for once, from much to little: a kernel that does not know a bit refuses
/// the whole request.
/// </summary>
/// <param name="Tcp">TCP super-packets, both ways.</param>
/// <param name="Udp">UDP super-packets, both ways (Linux 6.2).</param>
internal readonly record struct TunOffload(bool Tcp, bool Udp)
{
    private const uint Checksum = IfTun.TUN_F_CSUM;
    private const uint TcpSegments = Checksum | IfTun.TUN_F_TSO4 | IfTun.TUN_F_TSO6;
    private const uint UdpSegments = IfTun.TUN_F_USO4 | IfTun.TUN_F_USO6;

    private static readonly (uint Flags, TunOffload Offload, string Lost)[] _ladder =
    [
        (TcpSegments | IfTun.TUN_F_TSO_ECN | UdpSegments, new(true, true), "UDP super-packets (USO)"),
        (TcpSegments | IfTun.TUN_F_TSO_ECN, new(true, false), "TCP super-packets with ECN"),
        (TcpSegments, new(true, false), "TCP super-packets (TSO)"),
        (Checksum, default, "partial checksums"),
        (0, default, "offloads"),
    ];

    /// <summary>Requests the offloads. A refused one is logged once and stays off.</summary>
    /// <param name="device">The device's name, for the log.</param>
    /// <param name="ask">Asks for a set of <c>TUN_F_…</c> and gives 0 or the error's number.</param>
    /// <param name="wanted">False: ask for none.</param>
    /// <param name="logger">Where a refusal is told.</param>
    public static TunOffload Negotiate(string device, Func<uint, int> ask, bool wanted, ILogger logger)
    {
        foreach (var (flags, offload, lost) in wanted ? _ladder : _ladder.AsSpan(_ladder.Length - 1))
        {
            var error = ask(flags);
            if (error == 0)
            {
                return offload;
            }

            TunLog.OffloadRefused(logger, device, lost, Errno.Text(error));
        }

        return default;
    }

    /// <summary><c>tcp udp</c>, <c>tcp</c>, or <c>none</c>.</summary>
    public override string ToString() => (Tcp, Udp) switch
    {
        (true, true) => "tcp udp",
        (true, false) => "tcp",
        (false, true) => "udp",
        _ => "none",
    };
}
