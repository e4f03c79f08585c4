namespace Culvert.Wire;

/// <summary>
/// An ICMP message for IPv4 in place (RFC 792). <see cref="TryParse"/> proves that the 8 bytes of every message are there; after that no
/// accessor fails. The checksum covers the message alone, without a pseudo-header.
/// <para>
/// A property that is set keeps the checksum right: the update is incremental (RFC 1624), so a wrong checksum stays wrong by the same
/// amount. Bytes written through a span change nothing else; <see cref="IcmpQuote"/> rewrites the packet that an error quotes.
/// </para>
/// </summary>
public readonly ref struct IcmpView
{
    /// <summary>The length of the header in bytes.</summary>
    public const int HeaderLength = IcmpField.Payload;

    /// <summary>The offset of the checksum field from the message's first byte.</summary>
    public const int ChecksumOffset = IcmpField.Checksum;

    private readonly Span<byte> _message;

    private IcmpView(Span<byte> message) => _message = message;

    /// <summary>Proves an ICMP header.</summary>
    /// <param name="message">The message, header first: <see cref="IpView.Transport"/>.</param>
    /// <param name="view">The message.</param>
    /// <returns><see langword="false"/> when it has fewer than 8 bytes.</returns>
    public static bool TryParse(Span<byte> message, out IcmpView view)
    {
        var whole = message.Length >= HeaderLength;
        view = whole ? new IcmpView(message) : default;
        return whole;
    }

    /// <summary>Header and payload.</summary>
    public Span<byte> Message => _message;

    /// <summary>The bytes after the header: in an error, the start of the packet that caused it.</summary>
    public Span<byte> Payload => _message[HeaderLength..];

    /// <summary>Whether this is an error: its payload quotes a packet, and no error answers it (RFC 1122 §3.2.2).</summary>
    public bool IsError => IcmpType.IsError(Type);

    /// <summary>Whether this is an echo request or reply.</summary>
    public bool IsEcho => IcmpType.IsEcho(Type);

    /// <summary>The type.</summary>
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

    /// <summary>The next hop's MTU in bytes, in "fragmentation needed" (type 3, code 4; RFC 1191 §4).</summary>
    public ushort NextHopMtu
    {
        get => Sequence;
        set => Sequence = value;
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
    /// <param name="body">The 4 bytes after the checksum: identifier and sequence number, or the next hop's MTU.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentException"><paramref name="message"/> is shorter than a header.</exception>
    public static IcmpView Write(Span<byte> message, byte type, byte code, uint body = 0)
    {
        IcmpField.Write(message, type, code, body);
        var view = new IcmpView(message);
        view.FillChecksum();
        return view;
    }

    /// <summary>Whether the checksum is right.</summary>
    public bool IsChecksumValid => InternetChecksum.IsValid(_message);

    /// <summary>Computes the value that the checksum should have.</summary>
    public ushort ComputeChecksum() => InternetChecksum.ComputeWithout(_message, IcmpField.Checksum);

    /// <summary>Computes the checksum and writes it.</summary>
    public void FillChecksum() => Checksum = ComputeChecksum();
}
