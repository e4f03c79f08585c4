using System.Net;
using System.Net.Sockets;

namespace Culvert.Host.Doctor.Machines;

/// <summary>A port that another program has, or a listen address that the machine has not.</summary>
internal sealed class PortCheck() : MachineCheck("port")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        if (site.Status is not null || file.Listen is not { } listen)
        {
            yield break;
        }

        SocketError? failure = null;
        try
        {
            using var socket = file.IsTcp
                ? new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (listen.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(listen);
        }
        catch (SocketException error)
        {
            failure = error.SocketErrorCode;
        }

        if (failure == SocketError.AddressAlreadyInUse)
        {
            yield return new Finding($"another program has {(file.IsTcp ? "TCP" : "UDP")} port {listen.Port}{Owner(file, listen.Port)}", "stop it, or write another port to 'listen' and to the other end's 'endpoint'");
        }
        else if (failure == SocketError.AddressNotAvailable)
        {
            yield return new Finding($"this machine does not have the listen address {listen.Address}", $"write one that 'ip addr' shows, or 0.0.0.0:{listen.Port}");
        }
    }

    // users:(("wg",pid=12,fd=3)): root sees it.
    private static string Owner(SiteFile file, int port)
    {
        var line = Machine.Run("ss", file.IsTcp ? "-Htlnp" : "-Hulnp", $"sport = :{port}");
        var start = line?.IndexOf("((\"", StringComparison.Ordinal) ?? -1;
        return start < 0 ? "" : $" ({line![(start + 3)..].Split('"')[0]})";
    }
}
