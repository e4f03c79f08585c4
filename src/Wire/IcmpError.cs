namespace Culvert.Wire;

/// <summary>
/// An ICMP or ICMPv6 error to answer a packet with: a reason with its type, code and parameter in both families, and the rules about which
/// packets get an answer. Bound the rate of answers (RFC 1812 §4.3.2.8, RFC 4443 §2.4 f); this type does not.
/// <code>
/// Span&lt;byte&gt; answer = stackalloc byte[IcmpError.MaxLength];
/// var length = IcmpError.AdministrativelyProhibited.Write(ip, answer);
/// </code>
/// Immutable and pure.
/// </summary>
public readonly record struct IcmpError
{
    /// <summary>
    /// The length of the longest answer in bytes: IPv6's minimum MTU (RFC 4443 §2.4 c), which is more than the 576 bytes that RFC 1812
    /// §4.3.2.3 allows for IPv4.
    /// </summary>
    public const int MaxLength = 1280;

    private const int MaxIpv4Length = 576;

    private readonly byte _type;
    private readonly byte _code;
    private readonly uint _body;
    private readonly byte _typeV6;
    private readonly byte _codeV6;
    private readonly uint _bodyV6;

    /// <summary>Creates an error that has no property here.</summary>
    /// <param name="type">The ICMP type: 3, 4, 5, 11 or 12 (RFC 792).</param>
    /// <param name="code">The ICMP code.</param>
    /// <param name="typeV6">The ICMPv6 type, below 128 (RFC 4443 §2.1).</param>
    /// <param name="codeV6">The ICMPv6 code.</param>
    /// <param name="body">The 4 bytes after the ICMP checksum.</param>
    /// <param name="bodyV6">The 4 bytes after the ICMPv6 checksum.</param>
    /// <exception cref="ArgumentException">A type is not that of an error.</exception>
    public IcmpError(byte type, byte code, byte typeV6, byte codeV6, uint body = 0, uint bodyV6 = 0)
    {
        if (!IcmpType.IsError(type) || !IcmpType.IsErrorV6(typeV6))
        {
            throw new ArgumentException($"ICMP type {type} or ICMPv6 type {typeV6} is not that of an error.", nameof(type));
        }

        (_type, _code, _body, _typeV6, _codeV6, _bodyV6) = (type, code, body, typeV6, codeV6, bodyV6);
    }

    /// <summary>A filter refuses the packet: type 3 code 13 (RFC 1812 §5.2.7.1), type 1 code 1 (RFC 4443 §3.1).</summary>
    public static IcmpError AdministrativelyProhibited { get; } =
        new(IcmpType.DestinationUnreachable, 13, IcmpType.DestinationUnreachableV6, 1);

    /// <summary>No route to the destination: type 3 code 0 (RFC 792), type 1 code 0 (RFC 4443 §3.1).</summary>
    public static IcmpError NetworkUnreachable { get; } = new(IcmpType.DestinationUnreachable, 0, IcmpType.DestinationUnreachableV6, 0);

    /// <summary>The host does not answer: type 3 code 1 (RFC 792), type 1 code 3 (RFC 4443 §3.1).</summary>
    public static IcmpError HostUnreachable { get; } = new(IcmpType.DestinationUnreachable, 1, IcmpType.DestinationUnreachableV6, 3);

    /// <summary>Nothing listens on the port: type 3 code 3 (RFC 792), type 1 code 4 (RFC 4443 §3.1).</summary>
    public static IcmpError PortUnreachable { get; } = new(IcmpType.DestinationUnreachable, 3, IcmpType.DestinationUnreachableV6, 4);

    /// <summary>The hop limit ran out in transit: type 11 code 0 (RFC 792), type 3 code 0 (RFC 4443 §3.3).</summary>
    public static IcmpError HopLimitExceeded { get; } = new(IcmpType.TimeExceeded, 0, IcmpType.TimeExceededV6, 0);

    /// <summary>
    /// The packet is larger than the path allows: "fragmentation needed", type 3 code 4 (RFC 1191 §4), and "packet too big", type 2
    /// (RFC 4443 §3.2).
    /// </summary>
    /// <param name="mtu">The largest packet that fits, in bytes, 68 to 65535.</param>
    public static IcmpError PacketTooBig(int mtu) =>
        new(IcmpType.DestinationUnreachable, 4, IcmpType.PacketTooBig, 0, (ushort)mtu, (uint)mtu);

    /// <summary>
    /// Writes the answer to a packet, if the packet may have one. It quotes as much of the packet as fits.
    /// </summary>
    /// <param name="packet">The packet that is answered; it may be truncated.</param>
    /// <param name="answer">Gets the answer; at least <see cref="MaxLength"/> bytes, apart from the packet.</param>
    /// <param name="source">
    /// The sender of the answer, an address of the packet's family. By default the address that the packet was for: the host that gets the
    /// answer would take its own address for a forgery.
    /// </param>
    /// <returns>The answer's length in bytes; 0 when the packet must not be answered: see <see cref="MayAnswer"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="answer"/> is too short, or the source is of the other family.</exception>
    /// <exception cref="InvalidOperationException">This is the default value, which is not an error.</exception>
    public int Write(in IpView packet, Span<byte> answer, ReadOnlySpan<byte> source = default)
    {
        if (_type == 0)
        {
            throw new InvalidOperationException("The default value is not an ICMP error; use a property, PacketTooBig or the constructor.");
        }

        if (!MayAnswer(packet))
        {
            return 0;
        }

        source = source.IsEmpty ? packet.Destination : source;
        var headers = (packet.IsIpv4 ? Ipv4View.MinimumHeaderLength : Ipv6View.HeaderLength) + IcmpField.Payload;
        var quoted = Math.Min(packet.Packet.Length, (packet.IsIpv4 ? MaxIpv4Length : MaxLength) - headers);
        var protocol = packet.IsIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6;
        var ip = IpView.Write(answer, source, packet.Source, protocol, IcmpField.Payload + quoted);
        packet.Packet[..quoted].CopyTo(ip.Transport[IcmpField.Payload..]);
        if (packet.IsIpv4)
        {
            IcmpView.Write(ip.Transport, _type, _code, _body);
        }
        else
        {
            Icmpv6View.Write(ip.Transport, _typeV6, _codeV6, _bodyV6, ip.PseudoHeaderSum());
        }

        return ip.Length;
    }

    /// <summary>
    /// Whether a packet may be answered with an error (RFC 1122 §3.2.2, RFC 1812 §4.3.2.7, RFC 4443 §2.4 e): it is not an ICMP error or
    /// redirect itself, not a fragment other than the first, and both its addresses are those of one host.
    /// </summary>
    public static bool MayAnswer(in IpView packet) =>
        packet.FragmentOffset == 0 && !IsError(packet) && IsHost(packet.Source) && IsHost(packet.Destination);

    // A message that is cut in front of its type, or hidden behind broken extension headers, could be an error.
    private static bool IsError(in IpView packet) => packet.Protocol switch
    {
        _ when packet.IsChainBroken => true,
        IpProtocol.Icmp => packet.Transport.IsEmpty || IcmpType.IsError(packet.Transport[IcmpField.Type]),
        IpProtocol.Icmpv6 => packet.Transport.IsEmpty || IcmpType.IsErrorV6(packet.Transport[IcmpField.Type])
            || packet.Transport[IcmpField.Type] == IcmpType.RedirectV6,
        _ => false,
    };

    /// <summary>
    /// Whether an address can be that of one host: not unspecified, loopback of IPv4, multicast, or IPv4's broadcast and reserved range.
    /// </summary>
    internal static bool IsHost(ReadOnlySpan<byte> address) => address.Length == Ipv4View.AddressLength
        ? address[0] is not 0 and not 127 and < 224
        : address[0] != 0xFF && address.ContainsAnyExcept((byte)0);
}
