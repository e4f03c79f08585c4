using System.Buffers.Binary;
using Culvert.Wire;

namespace Culvert.Testing.Building;

/// <summary>The transport header of a packet that is built, with TCP options and a payload; lengths and checksum may be wrong on demand.</summary>
internal sealed class TransportPart
{
    private const int MaxDataOffset = 15;

    private readonly List<byte> _options = [];
    private byte[] _header = [];

    /// <summary>The protocol; none unless a header was set.</summary>
    public IpProtocol Protocol { get; private set; } = IpProtocol.NoNextHeader;

    /// <summary>What follows the header.</summary>
    public byte[] Payload { get; set; } = [];

    /// <summary>A TCP data offset instead of the right one, in words of 4 bytes.</summary>
    public int? DataOffset { get; set; }

    /// <summary>A UDP length instead of the right one.</summary>
    public int? UdpLength { get; set; }

    /// <summary>A checksum instead of the right one.</summary>
    public ushort? Checksum { get; set; }

    /// <summary>What is added to the right checksum, in one's complement.</summary>
    public ushort ChecksumError { get; set; }

    /// <summary>Sets protocol and header, which lacks length and checksum.</summary>
    public void Set(IpProtocol protocol, byte[] header) => (Protocol, _header) = (protocol, header);

    /// <summary>Changes the TCP header.</summary>
    public TcpView ParseTcp() => Protocol == IpProtocol.Tcp && TcpView.TryParse(_header, out var tcp)
        ? tcp
        : throw new InvalidOperationException("Call Tcp(…) first.");

    /// <summary>Adds bytes to the TCP options as they are.</summary>
    public void AddOptionBytes(ReadOnlySpan<byte> bytes)
    {
        ParseTcp();
        _options.AddRange(bytes);
    }

    /// <summary>Returns header, options padded to a multiple of 4, and payload.</summary>
    public byte[] Build()
    {
        var padding = new byte[-_options.Count & 3];
        byte[] message = [.. _header, .. _options, .. padding, .. Payload];
        if (Protocol == IpProtocol.Tcp)
        {
            const int DataOffsetByte = 12;
            var words = DataOffset ?? ((_header.Length + _options.Count + padding.Length) / sizeof(uint));
            if (words > MaxDataOffset)
            {
                throw new InvalidOperationException("TCP options have at most 40 bytes.");
            }

            message[DataOffsetByte] = (byte)((words << 4) | (message[DataOffsetByte] & 0xF));
        }
        else if (Protocol == IpProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)(UdpLength ?? message.Length));
        }

        return message;
    }

    /// <summary>Fills in the checksum of the message at the end of a packet.</summary>
    /// <param name="packet">A packet of which only checksums are missing.</param>
    /// <param name="length">The message's length.</param>
    /// <param name="source">The sender's address.</param>
    /// <param name="destination">The destination address of the IP header.</param>
    public void FillChecksum(byte[] packet, int length, byte[] source, byte[] destination)
    {
        var message = packet.AsSpan(packet.Length - length);
        var field = Protocol switch
        {
            IpProtocol.Tcp => TcpView.ChecksumOffset,
            IpProtocol.Udp => UdpView.ChecksumOffset,
            IpProtocol.Icmp or IpProtocol.Icmpv6 when _header.Length > 0 => IcmpView.ChecksumOffset,
            _ => -1,
        };
        if (field < 0)
        {
            return;
        }

        var right = InternetChecksum.ComputeWithout(message, field, Protocol == IpProtocol.Icmp ? 0 : Pseudo(packet, length, source, destination));
        var value = Protocol == IpProtocol.Udp ? InternetChecksum.ToUdp(right) : right;
        BinaryPrimitives.WriteUInt16BigEndian(
            message[field..], Checksum ?? (ChecksumError == 0 ? value : InternetChecksum.Fold((uint)value + ChecksumError)));
    }

    // The final destination comes from the packet; where an unknown route or a fragment hides it, the header's own is taken.
    private uint Pseudo(byte[] packet, int length, byte[] source, byte[] destination)
    {
        IpView.TryParse(packet, out var ip);
        var known = ip.HasTransportHeader && ip.Protocol == Protocol ? ip.PseudoHeaderSum(length) : 0;
        return known != 0 ? known : InternetChecksum.PseudoHeader(source, destination, Protocol, length);
    }
}
