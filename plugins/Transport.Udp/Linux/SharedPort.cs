using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Plugins.Transport.Udp.Interop;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// The one port that all lanes bind. Sockets that share a port would share it with a second culvert of the same user too, in silence;
/// so a socket that does not share takes it first, and keeps it until a lane has it. It also picks the number where the file leaves it open.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SharedPort : IDisposable
{
    private readonly SocketHandle _first;

    private SharedPort(SocketHandle first, IPEndPoint local) => (_first, Local) = (first, local);

    /// <summary>The address that every lane binds.</summary>
    public IPEndPoint Local { get; }

    /// <summary>Takes the port.</summary>
    /// <exception cref="Stages.StageStartException">It is in use, or cannot be had.</exception>
    public static SharedPort Find(IPEndPoint wanted, string? device)
    {
        var ipv6 = wanted.AddressFamily == AddressFamily.InterNetworkV6;
        var first = LinuxSocketOpening.Open(ipv6);
        try
        {
            LinuxSocketOpening.BindToDevice(first, device);
            LinuxSocketOpening.Bind(first, wanted, sharePort: false);

            // From here on the lanes may join, and a second culvert, which begins as this one did, may not.
            LinuxSocketOpening.SharePort(first);
            return new SharedPort(first, new IPEndPoint(wanted.Address, LinuxSocketOpening.Local(first, ipv6).Port));
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>A lane has bound the port, which keeps others out from now on. Before this datagrams may be lost.</summary>
    public void Bound() => _first.Dispose();

    /// <inheritdoc/>
    public void Dispose() => _first.Dispose();
}
