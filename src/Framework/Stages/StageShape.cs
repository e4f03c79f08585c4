using Culvert.Wire;

namespace Culvert.Stages;

/// <summary>
/// What the host must know of a stage before it constructs it. All numbers are bytes. Outbound packets grow by <see cref="Overhead"/> on
/// their way down; the host sums every need once and plans each slot's room, so that no stage ever copies to make space.
/// </summary>
public sealed record StageShape
{
    /// <summary>The kind of packet above, at the host's side; <see cref="PacketKind.Host"/> makes this stage a host end.</summary>
    public required PacketKind Above { get; init; }

    /// <summary>The kind of packet below, at the network's side; <see cref="PacketKind.Network"/> makes this stage a network end.</summary>
    public required PacketKind Below { get; init; }

    /// <summary>The most bytes that the stage prepends to one outbound packet.</summary>
    public int Headroom { get; init; }

    /// <summary>The most bytes that the stage appends to one outbound packet.</summary>
    public int Tailroom { get; init; }

    /// <summary>The most bytes that the stage prepends to one inbound packet.</summary>
    public int InboundHeadroom { get; init; }

    /// <summary>The most bytes that the stage appends to one inbound packet.</summary>
    public int InboundTailroom { get; init; }

    /// <summary>Bytes that the stage certainly cuts off the front of each inbound packet: room that stages above it may use.</summary>
    public int InboundReleasedFront { get; init; }

    /// <summary>Bytes that the stage certainly cuts off the end of each inbound packet.</summary>
    public int InboundReleasedBack { get; init; }

    /// <summary>
    /// How many bytes longer a full-sized packet is below the stage than above it: what the stage takes from the path MTU. At a network
    /// end: the headers that its socket adds (28 for UDP over IPv4, 48 over IPv6).
    /// </summary>
    public int Overhead { get; init; }

    /// <summary>
    /// At a network end the path MTU in bytes, at a host end the largest packet that was asked for; null elsewhere, or for "auto".
    /// </summary>
    public int? Mtu { get; init; }

    /// <summary>
    /// At a host end the least MTU that it can work with, 0 for none of its own: 1280 when its options give it IPv6 addresses or routes
    /// (RFC 8200 section 5). A plan that ends below it is refused.
    /// </summary>
    public int LeastMtu { get; init; }

    /// <summary>At a host end the name of its device, as the system knows it; null for an end that is no device.</summary>
    public string? Device { get; init; }

    /// <summary>At a network end the port that it listens on, 1 to 65535; null for one without, or where the system chooses it.</summary>
    public int? ListenPort { get; init; }

    /// <summary>The parts of a packet that the stage may change. For a stage that passes one kind through.</summary>
    public HeaderFields MayChange { get; init; }

    /// <summary>True when this is the host's side of a pipeline.</summary>
    public bool IsHostEnd => Above == PacketKind.Host;

    /// <summary>True when this is the network's side of a pipeline.</summary>
    public bool IsNetworkEnd => Below == PacketKind.Network;

    /// <summary>A stage with the same kind above and below.</summary>
    /// <param name="kind">The kind that it takes and hands on.</param>
    /// <param name="mayChange">What it may change.</param>
    public static StageShape Through(PacketKind kind, HeaderFields mayChange = HeaderFields.None) =>
        new() { Above = kind, Below = kind, MayChange = mayChange };

    /// <summary>The host's side of a pipeline.</summary>
    /// <param name="below">The kind that it hands down and takes up.</param>
    /// <param name="mtu">The largest packet asked for, or null for what the plan gives.</param>
    public static StageShape HostEnd(PacketKind below, int? mtu = null) =>
        new() { Above = PacketKind.Host, Below = below, Mtu = mtu };

    /// <summary>The network's side of a pipeline.</summary>
    /// <param name="above">The kind that it takes and hands up.</param>
    /// <param name="pathMtu">The largest IP packet that the path carries.</param>
    /// <param name="overhead">The bytes of headers that the socket adds.</param>
    public static StageShape NetworkEnd(PacketKind above, int pathMtu, int overhead) =>
        new() { Above = above, Below = PacketKind.Network, Mtu = pathMtu, Overhead = overhead };
}
