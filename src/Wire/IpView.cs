using System.Net;

namespace Culvert.Wire;

/// <summary>
/// An IP packet of either family, with its extension headers walked: what a stage needs to find the transport header and to judge its
/// checksum. <see cref="TryParse"/> proves the IP header; a packet whose extension headers are cut parses too, but
/// <see cref="HasTransportHeader"/> is false then.
/// </summary>
public readonly ref struct IpView
{
    private const int Ipv4DestinationOffset = 16;

    private readonly Span<byte> _packet;
    private readonly Span<byte> _finalDestination;
    private readonly bool _chainComplete;

    private IpView(Ipv4View view)
    {
        _packet = view.Packet;
        _finalDestination = view.FinalDestination;
        _chainComplete = true;
        Version = 4;
        IsTruncated = view.IsTruncated;
        Protocol = view.Protocol;
        TransportOffset = view.HeaderLength;
        Length = view.TotalLength;
        IsFragment = view.IsFragment;
        FragmentOffset = view.FragmentOffset;
        MoreFragments = view.MoreFragments;
    }

    private IpView(Ipv6View view)
    {
        var chain = Ipv6Chain.Walk(view);
        _packet = view.Packet;
        _finalDestination = chain.FinalDestinationOffset == 0
            ? default
            : _packet.Slice(chain.FinalDestinationOffset, Ipv6View.AddressLength);
        _chainComplete = chain.IsComplete;
        Version = 6;
        IsTruncated = view.IsTruncated;
        Protocol = chain.Protocol;
        TransportOffset = chain.Offset;
        Length = Ipv6View.HeaderLength + view.PayloadLength;
        IsFragment = chain.IsFragment;
        FragmentOffset = chain.FragmentOffset;
        MoreFragments = chain.MoreFragments;
    }

    /// <summary>Proves an IP header of either version.</summary>
    /// <param name="packet">The packet from its first byte on; anything may follow it.</param>
    /// <param name="view">The packet without its padding.</param>
    /// <returns>False when it is neither IPv4 nor IPv6 or its header is cut or contradicts itself.</returns>
    public static bool TryParse(Span<byte> packet, out IpView view)
    {
        if (Ipv4View.TryParse(packet, out var v4))
        {
            view = new IpView(v4);
            return true;
        }

        if (Ipv6View.TryParse(packet, out var v6))
        {
            view = new IpView(v6);
            return true;
        }

        view = default;
        return false;
    }

    /// <summary>4 or 6.</summary>
    public int Version { get; }

    /// <summary>True for IPv4.</summary>
    public bool IsIpv4 => Version == 4;

    /// <summary>The packet: headers and payload, without padding.</summary>
    public Span<byte> Packet => _packet;

    /// <summary>The packet's length in bytes as its header says; more than <see cref="Packet"/> holds when it is truncated.</summary>
    public int Length { get; }

    /// <summary>True when the header says more than the buffer holds.</summary>
    public bool IsTruncated { get; }

    /// <summary>
    /// The upper layer's protocol, behind all extension headers. In a fragment other than the first, the first header of the
    /// fragmented part.
    /// </summary>
    public IpProtocol Protocol { get; }

    /// <summary>Where the upper layer starts, from the packet's first byte; at most the length of <see cref="Packet"/>.</summary>
    public int TransportOffset { get; }

    /// <summary>The upper layer: header and payload, as much of it as is here; in a fragment, the fragment's data.</summary>
    public Span<byte> Transport => _packet[TransportOffset..];

    /// <summary>The upper layer's length in bytes as the IP header says.</summary>
    public int TransportLength => Length - TransportOffset;

    /// <summary>True when <see cref="Transport"/> starts with the header of <see cref="Protocol"/> (or with what is left of it).</summary>
    public bool HasTransportHeader => _chainComplete && FragmentOffset == 0;

    /// <summary>True when extension headers are cut, or more than <see cref="Ipv6Chain.MaxHeaders"/>.</summary>
    public bool IsChainBroken => !_chainComplete;

    /// <summary>True for every piece of a datagram that was cut up, the first included.</summary>
    public bool IsFragment { get; }

    /// <summary>Where this fragment lies in its datagram, in bytes.</summary>
    public int FragmentOffset { get; }

    /// <summary>True for every fragment but the last.</summary>
    public bool MoreFragments { get; }

    /// <summary>The sender's address, 4 or 16 bytes, to be read or written.</summary>
    public Span<byte> Source => _packet.Slice(
        IsIpv4 ? Ipv4DestinationOffset - AddressLength : Ipv6View.HeaderLength - (2 * AddressLength), AddressLength);

    /// <summary>The destination address of the IP header, 4 or 16 bytes, to be read or written.</summary>
    public Span<byte> Destination => _packet.Slice(
        IsIpv4 ? Ipv4DestinationOffset : Ipv6View.HeaderLength - AddressLength, AddressLength);

    /// <summary>The sender's address in the base library's form. Allocates.</summary>
    public IPAddress SourceAddress => new(Source);

    /// <summary>The destination address in the base library's form. Allocates.</summary>
    public IPAddress DestinationAddress => new(Destination);

    /// <summary>
    /// True when the upper layer's checksum can be judged: all of it is here, it is no fragment, and its final destination is known.
    /// </summary>
    public bool IsTransportWhole => HasTransportHeader && !IsFragment && !IsTruncated && !_finalDestination.IsEmpty;

    /// <summary>
    /// The pseudo-header's sum for this packet's upper layer, with the final destination where a route is given. 0 when that is not
    /// known: see <see cref="IsTransportWhole"/>.
    /// </summary>
    public uint PseudoHeaderSum() => PseudoHeaderSum(TransportLength);

    /// <summary>The same for a length other than the IP header's.</summary>
    /// <param name="length">The upper layer's length in bytes.</param>
    public uint PseudoHeaderSum(int length) =>
        _finalDestination.IsEmpty ? 0 : InternetChecksum.PseudoHeader(Source, _finalDestination, Protocol, length);

    private int AddressLength => IsIpv4 ? Ipv4View.AddressLength : Ipv6View.AddressLength;
}
