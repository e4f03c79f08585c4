using System.Net;

namespace Culvert.Stages;

/// <summary>The facts of a host endpoint that other stages and the plan need. All numbers are bytes.</summary>
public sealed record HostEndpointShape
{
    /// <summary>The largest packet that the options ask for, 68 to 65535; null for what the plan allows.</summary>
    public int? Mtu { get; init; }

    /// <summary>
    /// The smallest MTU that the endpoint works with, 0 to 65535; 0 for none. 1280 when its options give it IPv6 addresses or routes
    /// (RFC 8200 section 5). A plan that ends below it is refused.
    /// </summary>
    public int MinMtu { get; init; }

    /// <summary>
    /// The destinations that the host sends to it: routes and the networks of its addresses. A network endpoint's own datagrams must not go there.
    /// </summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>The host's own addresses on it: what a stage may use as the source of a packet of its own. Empty where unknown.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The name of its device, as the system knows it; null for an endpoint that is not a device.</summary>
    public string? Device { get; init; }

    /// <summary>
    /// Whether the endpoint follows what the plan says of other stages, <see cref="StagePlan.Prefixes"/> and
    /// <see cref="StagePlan.Network"/>: a reload that changes them constructs it anew, although its own options stay.
    /// </summary>
    public bool FollowsPlan { get; init; }
}
