namespace Culvert.Wire;

/// <summary>
/// The packet that an ICMP or ICMPv6 error quotes, in place, to be read and rewritten: a translator of addresses changes it together with
/// the error's own header (RFC 3022 §4.3, RFC 5508 §4.2). The quoted packet went the other way, so where the error's source is rewritten,
/// the quote's destination is, and the reverse:
/// <code>
/// ip.SetSource(outside);
/// if (IcmpQuote.TryParse(ip, out var quote))
/// {
///     quote.SetDestination(outside);
/// }
/// </code>
/// Members that change a field keep the checksums of the quoted packet right as far as they are quoted, and the checksum of the error.
/// Updates are incremental (RFC 1624), so a wrong checksum stays wrong by the same amount.
/// </summary>
public readonly ref struct IcmpQuote
{
    private readonly Span<byte> _message;
    private readonly IpView _quoted;

    private IcmpQuote(Span<byte> message, IpView quoted)
    {
        _message = message;
        _quoted = quoted;
    }

    /// <summary>Proves an ICMP error and the IP header that it quotes.</summary>
    /// <param name="ip">The error's packet; may be a first fragment.</param>
    /// <param name="quote">The quoted packet.</param>
    /// <returns>
    /// <see langword="false"/> when the packet is not an error, its ICMP header is cut, or no IP header of the same family is quoted.
    /// </returns>
    public static bool TryParse(in IpView ip, out IcmpQuote quote)
    {
        quote = default;
        if (!ip.HasTransportHeader || !IsError(ip) || ip.Transport.Length < IcmpField.Payload
            || !IpView.TryParse(ip.Transport[IcmpField.Payload..], out var quoted) || quoted.IsIpv4 != ip.IsIpv4)
        {
            return false;
        }

        quote = new IcmpQuote(ip.Transport, quoted);
        return true;
    }

    /// <summary>The quoted packet's upper layer, as <see cref="IpView.Protocol"/>.</summary>
    public IpProtocol Protocol => _quoted.Protocol;

    /// <summary>The quoted packet's source address, 4 or 16 bytes.</summary>
    public ReadOnlySpan<byte> Source => _quoted.Source;

    /// <summary>The quoted packet's destination address, 4 or 16 bytes.</summary>
    public ReadOnlySpan<byte> Destination => _quoted.Destination;

    /// <summary>The quoted packet's source address as a value.</summary>
    public IpAddressValue SourceAddress => _quoted.SourceAddress;

    /// <summary>The quoted packet's destination address as a value.</summary>
    public IpAddressValue DestinationAddress => _quoted.DestinationAddress;

    /// <summary>Whether ports are quoted, as <see cref="IpView.HasPorts"/>.</summary>
    public bool HasPorts => _quoted.HasPorts;

    /// <summary>Whether an echo is quoted, as <see cref="IpView.HasEchoIdentifier"/>.</summary>
    public bool HasEchoIdentifier => _quoted.HasEchoIdentifier;

    /// <summary>The quoted packet's source port, as <see cref="IpView.SourcePort"/>.</summary>
    public ushort SourcePort
    {
        get => _quoted.SourcePort;
        set
        {
            var before = Sum();
            var quoted = _quoted;
            quoted.SourcePort = value;
            Update(before);
        }
    }

    /// <summary>The quoted packet's destination port, as <see cref="IpView.DestinationPort"/>.</summary>
    public ushort DestinationPort
    {
        get => _quoted.DestinationPort;
        set
        {
            var before = Sum();
            var quoted = _quoted;
            quoted.DestinationPort = value;
            Update(before);
        }
    }

    /// <summary>The identifier of a quoted echo, as <see cref="IpView.EchoIdentifier"/>.</summary>
    public ushort EchoIdentifier
    {
        get => _quoted.EchoIdentifier;
        set
        {
            var before = Sum();
            var quoted = _quoted;
            quoted.EchoIdentifier = value;
            Update(before);
        }
    }

    /// <summary>Replaces the quoted packet's source address.</summary>
    /// <inheritdoc cref="IpView.SetSource(ReadOnlySpan{byte})"/>
    public void SetSource(ReadOnlySpan<byte> address)
    {
        var before = Sum();
        _quoted.SetSource(address);
        Update(before);
    }

    /// <inheritdoc cref="SetSource(ReadOnlySpan{byte})"/>
    public void SetSource(in IpAddressValue address)
    {
        var before = Sum();
        _quoted.SetSource(address);
        Update(before);
    }

    /// <summary>Replaces the quoted packet's destination address.</summary>
    /// <inheritdoc cref="IpView.SetDestination(ReadOnlySpan{byte})"/>
    public void SetDestination(ReadOnlySpan<byte> address)
    {
        var before = Sum();
        _quoted.SetDestination(address);
        Update(before);
    }

    /// <inheritdoc cref="SetDestination(ReadOnlySpan{byte})"/>
    public void SetDestination(in IpAddressValue address)
    {
        var before = Sum();
        _quoted.SetDestination(address);
        Update(before);
    }

    private static bool IsError(in IpView ip) => ip.Protocol switch
    {
        IpProtocol.Icmp when ip.IsIpv4 => ip.Transport.Length > 0 && IcmpType.IsError(ip.Transport[IcmpField.Type]),
        IpProtocol.Icmpv6 when !ip.IsIpv4 => ip.Transport.Length > 0 && IcmpType.IsErrorV6(ip.Transport[IcmpField.Type]),
        _ => false,
    };

    // One change touches up to three fields of the quoted packet. The difference of the sums over all of it covers every one of them.
    private ushort Sum() => InternetChecksum.Fold(InternetChecksum.Sum(_quoted.Packet));

    private void Update(ushort before)
    {
        var checksum = HeaderField.Read16(_message, IcmpField.Checksum);
        HeaderField.Write16(_message, IcmpField.Checksum, InternetChecksum.Update16(checksum, before, Sum()));
    }
}
