using System.Net;
using System.Net.Sockets;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>Why the endpoint cannot start, with a remedy.</summary>
internal static class StartErrors
{
    public static StageStartException CannotListen(IPEndPoint local, SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new(
            $"TCP {local}: the port is in use.", "stop the other program, or give 'listen' another port"),
        SocketError.AddressNotAvailable => new(
            $"TCP {local}: this machine does not have the address.", "give 'listen' an address of this machine, or 0.0.0.0 for all of them"),
        SocketError.AccessDenied => new(
            $"TCP {local}: permission denied.", "give 'listen' a port of 1024 or higher, or run with CAP_NET_BIND_SERVICE"),
        SocketError.AddressFamilyNotSupported => new(
            $"TCP {local}: this system does not have the address family.", "give 'listen' an address of a family that is enabled"),
        _ => new($"TCP {local}: {error.Message}.", "check the system's limits and its log"),
    };

    public static StageStartException LinuxOnly() => new("The tcp endpoint needs Linux.", "use udp on this system");
}
