using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>One lane's socket with its gate. It outlives a reload, with the datagrams that wait in it.</summary>
internal sealed class BoundSocket : IDisposable
{
    // A peer's datagrams over IPv4 have 20 bytes more than over IPv6, whatever this end is bound to.
    private const int Ipv4Overhead = 20 + 8;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="StageStartException">The port is in use, the address is not local, or permission was denied.</exception>
    public BoundSocket(UdpOptions options, IEndpointContext context, UdpCounters counters, ResolvedPeer? peer)
    {
        Gate = new InboundGate(Math.Max(context.Room.Size, options.PathMtu.UpperBound - Ipv4Overhead), peer, counters);
        Socket = DatagramSocketOpening.Open(options, context, counters, Gate);
    }

    public IDatagramSocket Socket { get; }

    public InboundGate Gate { get; }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
