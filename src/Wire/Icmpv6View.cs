namespace Culvert.Wire;

/// <summary>
/// An ICMPv6 message in place (RFC 4443 §2.1). <see cref="TryParse"/> proves that the 8 bytes of every message defined so far are there;
/// after that no accessor fails. Unlike ICMP's, the checksum covers a pseudo-header.
/// <para>
/// A property that is set keeps the checksum right: the update is incremental (RFC 1624), so a wrong checksum stays wrong by the same
/// amount. Bytes written through a span change nothing else; <see cref="IcmpQuote"/> rewrites the packet that an error quotes.
/// </para>
/// </summary>
public readonly ref struct Icmpv6View
{
    /// <summary>The length in bytes of type, code, checksum and the first word of the body.</summary>
    public const int HeaderLength = IcmpField.Payload;

    /// <summary>The offset of the checksum field from the message's first byte.</summary>
    public const int ChecksumOffset = IcmpField.Checksum;

    private readonly Span<byte> _message;

    private Icmpv6View(Span<byte> message) => _message = message;

    /// <summary>Proves an ICMPv6 header.</summary>
    /// <param name="message">The message, header first: <see cref="IpView.Transport"/>.</param>
    /// <param name="view">The message.</param>
    /// <returns><see langword="false"/> when it has fewer than 8 bytes.</returns>
    public static bool TryParse(Span<byte> message, out Icmpv6View view)
    {
        var whole = message.Length >= HeaderLength;
        view = whole ? new Icmpv6View(message) : default;
        return whole;
    }

    /// <summary>Header and payload.</summary>
    public Span<byte> Message => _message;

    /// <summary>The bytes after the 8 bytes of header: in an error, the start of the packet that caused it.</summary>
    public Span<byte> Payload => _message[HeaderLength..];

    /// <summary>Whether this is an error: its type is below 128 and its payload quotes a packet (RFC 4443 §2.1).</summary>
    public bool IsError => IcmpType.IsErrorV6(Type);

    /// <summary>Whether this is an echo request or reply.</summary>
    public bool IsEcho => IcmpType.IsEchoV6(Type);

    /// <summary>The type; below 128 an error.</summary>
    public byte Type
    {
        get => _message[IcmpField.Type];
        set => HeaderField.Replace8(_message, IcmpField.Type, value, IcmpField.Checksum);
    }

    /// <summary>The code.</summary>
    public byte Code
    {
        get => _message[IcmpField.Code];
        set => HeaderField.Replace8(_message, IcmpField.Code, value, IcmpField.Checksum);
    }

    /// <summary>The identifier of an echo.</summary>
    public ushort Identifier
    {
        get => HeaderField.Read16(_message, IcmpField.Body);
        set => HeaderField.Replace16(_message, IcmpField.Body, value, IcmpField.Checksum);
    }

    /// <summary>The sequence number of an echo.</summary>
    public ushort Sequence
    {
        get => HeaderField.Read16(_message, IcmpField.Second);
        set => HeaderField.Replace16(_message, IcmpField.Second, value, IcmpField.Checksum);
    }

    /// <summary>The MTU in bytes, in "packet too big" (type 2; RFC 4443 §3.2).</summary>
    public uint Mtu
    {
        get => HeaderField.Read32(_message, IcmpField.Body);
        set => HeaderField.Replace32(_message, IcmpField.Body, value, IcmpField.Checksum);
    }

    /// <summary>The checksum field. Setting it writes the value as it is.</summary>
    public ushort Checksum
    {
        get => HeaderField.Read16(_message, IcmpField.Checksum);
        set => HeaderField.Write16(_message, IcmpField.Checksum, value);
    }

    /// <summary>Writes a header in front of a payload that is already in place, its checksum included.</summary>
    /// <param name="message">Header and payload; the header takes the first 8 bytes.</param>
    /// <param name="type">The type.</param>
    /// <param name="code">The code.</param>
    /// <param name="body">The 4 bytes after the checksum: identifier and sequence number, or the MTU.</param>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/> of the IP header in front.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentException"><paramref name="message"/> is shorter than a header.</exception>
    public static Icmpv6View Write(Span<byte> message, byte type, byte code, uint body, uint pseudoHeader)
    {
        IcmpField.Write(message, type, code, body);
        var view = new Icmpv6View(message);
        view.FillChecksum(pseudoHeader);
        return view;
    }

    /// <summary>Whether the checksum is right.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public bool IsChecksumValid(uint pseudoHeader) => InternetChecksum.IsValid(_message, pseudoHeader);

    /// <summary>Computes the value that the checksum should have.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public ushort ComputeChecksum(uint pseudoHeader) =>
        InternetChecksum.ComputeWithout(_message, IcmpField.Checksum, pseudoHeader);

    /// <summary>Computes the checksum and writes it.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public void FillChecksum(uint pseudoHeader) => Checksum = ComputeChecksum(pseudoHeader);
}
