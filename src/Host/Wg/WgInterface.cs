using System.Net.Sockets;

namespace Culvert.Host.Wg;

/// <summary>
/// An interface for WireGuard's tools: an empty tunnel whose keys, peers, port and mark come over the UAPI socket, and whose addresses, routes
/// and MTU come from outside. Its pipeline is a file as any other, so that status and trace find it.
/// </summary>
/// <param name="Name">The device's name, found valid.</param>
/// <param name="PathMtu">The largest IP packet in bytes that the tunnel can send: the bound of what the device's MTU may be raised to.</param>
internal sealed record WgInterface(string Name, int PathMtu)
{
    /// <summary>Room for jumbo frames. The largest possible, 65535, costs a fifth of the throughput: packets then lie further apart.</summary>
    public const int DefaultPathMtu = 9216;

    public const int MinPathMtu = 1500;
    public const int MaxPathMtu = 65_535;

    /// <summary>The environment variable for <c>--path-mtu</c>: wg-quick passes the interface alone.</summary>
    public const string PathMtuVariable = "CULVERT_WG_PATH_MTU";

    /// <summary>The folder of the files.</summary>
    public const string Folder = "/run/culvert-wg";

    /// <summary>The folder of the sockets that <c>wg</c> looks in.</summary>
    public const string SocketFolder = "/var/run/wireguard";

    /// <summary>The MTU that WireGuard gives a new device: what 1500 bytes leave over IPv6.</summary>
    public const int InitialMtu = 1420;

    private const int MaxName = 15;

    /// <summary>The pipeline's file.</summary>
    public string File => FileOf(Name);

    /// <summary>The UAPI socket.</summary>
    public string Socket => Path.Combine(SocketFolder, Name + ".sock");

    /// <summary>The file of an interface's pipeline.</summary>
    public static string FileOf(string name) => Path.Combine(Folder, name + ".yaml");

    /// <summary>Whether <c>wg</c> can name such an interface.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxName && name is not ("." or "..")
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || "_=+.-".Contains(letter, StringComparison.Ordinal));

    /// <summary>Whether some process answers on the UAPI socket.</summary>
    public bool IsServed()
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The pipeline. As with WireGuard, who sets the device's MTU decides; the plan follows it up to the bound.</summary>
    public string ToYaml() => $"""
        # The interface {Name} of 'culvert wg'. Keys, peers, port and mark: 'wg show {Name}'.
        lanes: auto
        stages:
          - stage: tun
            device: "{Name}"
          - stage: mss-clamp
          - stage: checksum-guard
          - stage: encrypt
            uapi: true
          - stage: udp
            listen: "{(System.Net.Sockets.Socket.OSSupportsIPv6 ? "[::]:0" : "0.0.0.0:0")}"
            path-mtu: {PathMtu}

        """;
}
