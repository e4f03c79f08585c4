using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// The one port that all lanes bind. Sockets that share a port would share it with a second culvert of the same user too, in silence;
/// so a socket that does not share tries it first. It also picks the number where the file leaves it open.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SharedPort
{
    private SharedPort(IPEndPoint local) => Local = local;

    /// <summary>The address that every lane binds.</summary>
    public IPEndPoint Local { get; }

    /// <summary>Tries the port.</summary>
    /// <exception cref="Stages.StageStartException">It is in use, or cannot be had.</exception>
    public static SharedPort Find(IPEndPoint wanted, string? device)
    {
        var ipv6 = wanted.AddressFamily == AddressFamily.InterNetworkV6;
        using var probe = LinuxSocketOpening.Open(ipv6);
        LinuxSocketOpening.BindToDevice(probe, device);
        LinuxSocketOpening.Bind(probe, wanted, sharePort: false);
        return new SharedPort(new IPEndPoint(wanted.Address, LinuxSocketOpening.Local(probe, ipv6).Port));
    }
}
