using System.Net;
using Culvert.Wire;

namespace Culvert.Stages;

/// <summary>
/// The facts of a stage that the host needs before it constructs it. All numbers are bytes, 0 to 65535; the host checks them when it
/// reads the file. Outbound packets grow by <see cref="Overhead"/> on their way down; the host sums every need once and plans each slot's
/// room, so that no stage ever copies to make space.
/// </summary>
public sealed record StageShape
{
    /// <summary>The kind of packet above, on the host's side; <see cref="PacketKind.Host"/> makes this stage a host endpoint.</summary>
    public required PacketKind Above { get; init; }

    /// <summary>The kind of packet below, on the network's side; <see cref="PacketKind.Network"/> makes this stage a network endpoint.</summary>
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
    /// endpoint: the headers that its socket adds (28 for UDP over IPv4, 48 over IPv6).
    /// </summary>
    public int Overhead { get; init; }

    /// <summary>The parts of a packet that the stage may change. For a stage with the same kind above and below.</summary>
    public HeaderFields MayChange { get; init; }

    /// <summary>
    /// The prefixes of the destinations that the stage carries to the network, where it knows them (allowed-ips): what a host endpoint may
    /// route into the pipeline by itself. Empty for no statement.
    /// </summary>
    public IReadOnlyList<IPNetwork> Prefixes { get; init; } = [];

    /// <summary>The facts of a host endpoint; null for any other stage.</summary>
    public HostEndpointShape? Host { get; init; }

    /// <summary>The facts of a network endpoint; null for any other stage.</summary>
    public NetworkEndpointShape? Network { get; init; }

    /// <summary>Whether this is the host's side of a pipeline.</summary>
    public bool IsHostEndpoint => Above == PacketKind.Host;

    /// <summary>Whether this is the network's side of a pipeline.</summary>
    public bool IsNetworkEndpoint => Below == PacketKind.Network;

    /// <summary>Returns the shape of a stage with the same kind above and below.</summary>
    /// <param name="kind">The kind that it takes and forwards.</param>
    /// <param name="mayChange">The parts of a packet that it may change.</param>
    public static StageShape Through(PacketKind kind, HeaderFields mayChange = HeaderFields.None) =>
        new() { Above = kind, Below = kind, MayChange = mayChange };

    /// <summary>Returns the shape of a host endpoint.</summary>
    /// <param name="below">The kind that it sends down and takes up.</param>
    /// <param name="facts">Its facts; null for none.</param>
    public static StageShape HostEndpoint(PacketKind below, HostEndpointShape? facts = null) =>
        new() { Above = PacketKind.Host, Below = below, Host = facts ?? new() };

    /// <summary>Returns the shape of a network endpoint.</summary>
    /// <param name="above">The kind that it takes and sends up.</param>
    /// <param name="overhead">The bytes of headers that the socket adds.</param>
    /// <param name="facts">Its facts; null for none.</param>
    public static StageShape NetworkEndpoint(PacketKind above, int overhead, NetworkEndpointShape? facts = null) =>
        new() { Above = above, Below = PacketKind.Network, Overhead = overhead, Network = facts ?? new() };
}
