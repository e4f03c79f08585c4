using System.Net;
using Culvert.Wire;

namespace Culvert.Testing;

/// <summary>
/// Builds packets for tests, one line each, with lengths and checksums right unless the test asks for wrong ones:
/// <code>
/// PacketBuilder.Ipv4("10.0.0.1", "10.0.0.2").Tcp(40000, 443, TcpFlags.Syn).Mss(1460).Nop().WindowScale(7).Build()
/// </code>
/// Calls come in the order of the packet's headers. A wrong call (a TCP option on a UDP packet) throws. Not thread-safe.
/// </summary>
public sealed partial class PacketBuilder
{
    private readonly bool _ipv4;
    private readonly byte[] _source;
    private readonly byte[] _destination;
    private byte _trafficClass;
    private byte _hopLimit = 64;
    private ushort _identification;
    private bool _dontFragment;
    private bool _moreFragments;
    private int _fragmentOffset;
    private uint _flowLabel;
    private byte[] _ipOptions = [];
    private int? _ipLength;
    private ushort? _ipChecksum;
    private byte[] _payload = [];
    private byte[] _padding = [];

    private PacketBuilder(IPAddress source, IPAddress destination)
    {
        if (source.AddressFamily != destination.AddressFamily)
        {
            throw new ArgumentException("Both addresses are of one family.", nameof(destination));
        }

        _source = source.GetAddressBytes();
        _destination = destination.GetAddressBytes();
        _ipv4 = _source.Length == Ipv4View.AddressLength;
    }

    /// <summary>Starts an IPv4 packet.</summary>
    public static PacketBuilder Ipv4(string source = "10.0.0.1", string destination = "10.0.0.2") =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination));

    /// <summary>Starts an IPv6 packet.</summary>
    public static PacketBuilder Ipv6(string source = "2001:db8::1", string destination = "2001:db8::2") =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination));

    /// <summary>Starts a packet of whichever family the addresses have.</summary>
    public static PacketBuilder Ip(IPAddress source, IPAddress destination) => new(source, destination);

    /// <summary>Sets DSCP and ECN.</summary>
    public PacketBuilder TrafficClass(byte value) => Set(out _trafficClass, value);

    /// <summary>Sets the IPv4 Time to Live or the IPv6 Hop Limit; 64 unless set.</summary>
    public PacketBuilder HopLimit(byte value) => Set(out _hopLimit, value);

    /// <summary>Sets the IPv4 Identification.</summary>
    public PacketBuilder Identification(ushort value) => Set(out _identification, value);

    /// <summary>Sets the IPv4 DF flag.</summary>
    public PacketBuilder DontFragment() => Set(out _dontFragment, true);

    /// <summary>Sets the IPv6 flow label.</summary>
    public PacketBuilder FlowLabel(uint value) => Set(out _flowLabel, value);

    /// <summary>
    /// Makes it a fragment: of IPv4 by its header, of IPv6 by a Fragment header behind the extension headers so far. The transport
    /// header that is built is the fragment's data, whatever the offset.
    /// </summary>
    /// <param name="offset">Bytes, a multiple of 8.</param>
    /// <param name="more">True for all but the last.</param>
    public PacketBuilder Fragment(int offset, bool more)
    {
        if (!_ipv4)
        {
            return FragmentHeader(offset, more);
        }

        (_fragmentOffset, _moreFragments) = (offset, more);
        return this;
    }

    /// <summary>Sets the IPv4 options, padded with End Of List to a multiple of 4.</summary>
    public PacketBuilder IpOptions(params byte[] options)
    {
        _ipOptions = new byte[(options.Length + 3) / 4 * 4];
        options.CopyTo(_ipOptions, 0);
        return this;
    }

    /// <summary>Writes a wrong IPv4 Total Length or IPv6 Payload Length.</summary>
    public PacketBuilder IpLength(int value) => Set(out _ipLength, value);

    /// <summary>Writes this IPv4 header checksum, right or wrong.</summary>
    public PacketBuilder IpChecksum(ushort value) => Set(out _ipChecksum, value);

    /// <summary>Sets the payload behind the transport header.</summary>
    public PacketBuilder Payload(params byte[] payload) => Set(out _payload, payload);

    /// <summary>Sets a payload of so many bytes that count up from 0.</summary>
    public PacketBuilder Payload(int length)
    {
        _payload = new byte[length];
        for (var i = 0; i < length; i++)
        {
            _payload[i] = (byte)i;
        }

        return this;
    }

    /// <summary>Puts bytes behind the packet's end, as a link with a least frame size does.</summary>
    public PacketBuilder Padding(params byte[] padding) => Set(out _padding, padding);

    /// <summary>The packet.</summary>
    public byte[] Build()
    {
        if (_extensions.Count > 0)
        {
            _extensions[_nextHeaderByte] = (byte)_protocol;
        }

        byte[] upper = [.. _extensions, .. _transport, .. TransportOptions(), .. _payload];
        var packet = _ipv4 ? BuildIpv4(upper) : BuildIpv6(upper);
        FinishTransport(packet);
        if (_ipv4)
        {
            Ipv4View.TryParse(packet, out var header);
            header.FillHeaderChecksum();
            header.HeaderChecksum = _ipChecksum ?? header.HeaderChecksum;
        }

        OverrideIpLength(packet);
        return [.. _frameHeader, .. FrameType(), .. packet, .. _padding];
    }

    private byte[] BuildIpv4(byte[] upper)
    {
        const int VersionBits = 0x40;
        byte[] payload = [.. _ipOptions, .. upper];
        var packet = new byte[Ipv4View.MinimumHeaderLength + payload.Length];
        Ipv4View.Write(
            packet, _source, _destination, FirstHeader, payload.Length, _hopLimit, _trafficClass, _identification, _dontFragment);
        payload.CopyTo(packet, Ipv4View.MinimumHeaderLength);
        packet[0] = (byte)(VersionBits | ((Ipv4View.MinimumHeaderLength + _ipOptions.Length) / sizeof(uint)));
        if (!Ipv4View.TryParse(packet, out var view))
        {
            throw new InvalidOperationException("The IPv4 options do not fit a header.");
        }

        view.MoreFragments = _moreFragments;
        view.FragmentOffset = _fragmentOffset;
        return packet;
    }

    private byte[] BuildIpv6(byte[] upper)
    {
        var packet = new byte[Ipv6View.HeaderLength + upper.Length];
        Ipv6View.Write(packet, _source, _destination, FirstHeader, upper.Length, _hopLimit, _trafficClass, _flowLabel);
        upper.CopyTo(packet, Ipv6View.HeaderLength);
        return packet;
    }

    private void OverrideIpLength(byte[] packet)
    {
        if (_ipLength is not { } length)
        {
            return;
        }

        if (_ipv4)
        {
            Ipv4View.TryParse(packet, out var view);
            var checksum = InternetChecksum.Update16(view.HeaderChecksum, view.TotalLength, (ushort)length);
            view.SetRawTotalLength((ushort)length);
            view.HeaderChecksum = _ipChecksum ?? checksum;
        }
        else
        {
            Ipv6View.TryParse(packet, out var view);
            view.SetRawPayloadLength((ushort)length);
        }
    }

    private PacketBuilder Set<T>(out T field, T value)
    {
        field = value;
        return this;
    }
}
