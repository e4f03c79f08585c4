using System.Net;

namespace Culvert.Stages;

/// <summary>The facts of a network endpoint that other stages and the plan need.</summary>
public sealed record NetworkEndpointShape
{
    /// <summary>The largest IP packet that the path carries in bytes, 68 to 65535; null for the default of 1500.</summary>
    public int? PathMtu { get; init; }

    /// <summary>
    /// Whether a datagram that is too large for the path is lost whole (Don't Fragment), so that a stage above may search for the path's MTU by
    /// probes (RFC 8899). False for a stream, which has no datagrams on the path, and where the system fragments.
    /// </summary>
    public bool AllowsPathProbes { get; init; }

    /// <summary>The port that it listens on, 1 to 65535; null for none, or where the system chooses it.</summary>
    public int? ListenPort { get; init; }

    /// <summary>Whether it reaches one other side, whatever endpoint a datagram carries: a peer without an endpoint can be called through it.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Whether it sends over IPv4 only, so that an IPv6 address of a name is of no use.</summary>
    public bool IsIpv4Only { get; init; }

    /// <summary>
    /// The largest number of connections that it has at once, 0 to 65535, each with a file descriptor of its own: the host refuses to run under
    /// a limit of open files that they could reach. 0 where one socket serves everyone.
    /// </summary>
    public int MaxConnections { get; init; }

    /// <summary>The firewall mark of its datagrams (Linux: SO_MARK), 1 or more; null for none.</summary>
    public uint? FirewallMark { get; init; }

    /// <summary>The address of this host that its datagrams leave from; null for the route's choice.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The device of this host that its datagrams leave by, whatever routes there are; null for the route's choice.</summary>
    public string? BindDevice { get; init; }
}
