using System.Net;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>
/// The program around a tunnel: packets, a path to the network, a service thread, time. All that the protocol knows of the pipeline.
/// Every member may be used from any thread.
/// </summary>
internal interface ITunnelHost
{
    /// <summary>The number of lanes, 1 or more; each has an inbound and an outbound loop.</summary>
    int Lanes { get; }

    /// <summary>The largest inner packet in bytes. May change: read once a batch.</summary>
    int Mtu { get; }

    /// <summary>What is added to an inner packet on its way to the path, in bytes; null where no path is to be probed.</summary>
    int? PathOverhead { get; }

    /// <summary>Whether the host side carries IPv6, which needs packets of 1280 bytes.</summary>
    bool NeedsIpv6 { get; }

    /// <summary>The host's own addresses inside the tunnel.</summary>
    IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>The port that datagrams arrive at and the mark that they leave with, now.</summary>
    NetworkEndpointShape Network { get; }

    /// <summary>Whether datagrams without an endpoint reach the other side: the network endpoint is connected to it.</summary>
    bool IsConnected { get; }

    /// <summary>Whether datagrams can be sent over IPv4 only.</summary>
    bool IsIpv4Only { get; }

    /// <summary>The clock of all times and timers.</summary>
    TimeProvider Time { get; }

    /// <summary>Spreads repeated handshakes in time; never used for secrets.</summary>
    Random Random { get; }

    /// <summary>The set in which the tunnel's counters are created.</summary>
    CounterSet Counters { get; }

    /// <summary>The tunnel's log.</summary>
    ILogger Logger { get; }

    /// <summary>Sets port and mark. Service thread.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The system refuses, or they cannot be changed; all is as before.</exception>
    void ChangeNetwork(NetworkEndpointShape wanted);

    /// <summary>Rents a packet.</summary>
    /// <param name="length">Its length in bytes, without the room in front of it and behind.</param>
    /// <param name="lease">The packet, which the caller sends or disposes.</param>
    /// <returns>False when no packet is free.</returns>
    bool TryRent(int length, out PacketLease lease);

    /// <summary>Sends a datagram to its endpoint.</summary>
    /// <param name="datagram">Belongs to the host afterwards.</param>
    void Send(PacketLease datagram);

    /// <summary>Delivers an IP packet to the host's side.</summary>
    /// <param name="packet">Belongs to the host afterwards.</param>
    void Deliver(PacketLease packet);

    /// <summary>Runs work on the service thread, in order of posting.</summary>
    /// <returns>False when too many posts wait, as the service thread is blocked: the work will not run.</returns>
    bool TryPost(Action work);

    /// <summary>Creates a timer, not yet running, whose callback runs on the service thread.</summary>
    StageTimer CreateTimer(Action callback);

    /// <summary>Returns the index of a network interface; null when there is none of that name.</summary>
    uint? FindInterface(string name);

    /// <summary>The name of the host's device inside the tunnel; null for none.</summary>
    string? Device { get; }

    /// <summary>Whether the system routes datagrams to an endpoint into <see cref="Device"/>. Service thread.</summary>
    bool LeadsToHost(in DatagramEndpoint endpoint);

    /// <summary>Looks up the addresses of a host name, on no thread of the tunnel's.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name does not resolve.</exception>
    Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellation);
}
