using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>
/// Which inbound datagrams come in: those from the peer of the file, if it names one, and none larger than any stage above expects.
/// Used by the receiving thread; peer and its endpoint may be set from any other.
/// </summary>
internal sealed class InboundGate
{
    private readonly UdpCounters _counters;
    private volatile ResolvedPeer? _peer;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="largest">The largest datagram in bytes.</param>
    /// <param name="peer">The only source that is admitted; null admits every source.</param>
    /// <param name="counters">Where refusals are counted.</param>
    public InboundGate(int largest, ResolvedPeer? peer, UdpCounters counters) => (Largest, _peer, _counters) = (largest, peer, counters);

    /// <summary>The largest datagram in bytes.</summary>
    public int Largest { get; }

    /// <summary>The only source that is admitted; null admits every source. Any thread.</summary>
    public ResolvedPeer? Peer
    {
        get => _peer;
        set => _peer = value;
    }

    /// <summary>Judges a source; a refusal is counted.</summary>
    /// <param name="filler">Where the datagrams would go.</param>
    /// <param name="source">Where the datagrams came from.</param>
    /// <param name="datagrams">How many they are.</param>
    public bool AdmitsSource(PacketFiller filler, in DatagramEndpoint source, int datagrams)
    {
        if (_peer is not { } peer)
        {
            return true;
        }

        var known = peer.Endpoint;
        if (known == source)
        {
            return true;
        }

        if (known.Remote == source.Remote)
        {
            // Answers leave from the address that the peer called.
            peer.Endpoint = source;
            return true;
        }

        filler.Refuse(_counters.UnknownSource, datagrams);
        return false;
    }

    /// <summary>Judges a length in bytes; a refusal is counted.</summary>
    public bool AdmitsLength(PacketFiller filler, int length)
    {
        if (length <= Largest)
        {
            return true;
        }

        filler.Refuse(_counters.Oversized);
        return false;
    }
}
