using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Filtering;

/// <summary>
/// The fields of one packet that filters compare, read once and used by any number of <see cref="PacketFilter"/>s. A value without
/// references to the packet: a change of the packet afterwards does not show.
/// </summary>
public struct PacketKey
{
    /// <summary>The value of a port that is absent: no port, so no comparison with one matches.</summary>
    internal const uint NoPort = 0x1_0000;

    // The offset of the flags in a TCP header, RFC 9293 §3.1.
    private const int TcpFlagsOffset = 13;

    private Words _words;

    /// <summary>Whether the packet has a valid IPv4 or IPv6 header.</summary>
    public readonly bool IsIp => (_words[(int)Field.Facts] & Facts.IsIp) != 0;

    internal readonly ReadOnlySpan<uint> Fields
    {
        [UnscopedRef]
        get => _words;
    }

    /// <summary>
    /// Reads a packet. Any bytes are valid: of what is not IP only the length and the direction are known, and of a truncated header
    /// only what is present. Behind IPv6 extension headers the upper layer is found; in a fragment other than the first it has no ports,
    /// flags or type.
    /// </summary>
    /// <param name="packet">The packet from its IP header on. Not changed.</param>
    /// <param name="direction">The direction that <c>inbound</c> and <c>outbound</c> compare with.</param>
    /// <param name="key">The fields. An output rather than a result, because a copy of what was just written costs as much as reading it.</param>
    public static void Read(Span<byte> packet, Direction direction, out PacketKey key)
    {
        key = default;
        ref var words = ref key._words;
        words[(int)Field.SourcePort] = NoPort;
        words[(int)Field.DestinationPort] = NoPort;
        words[(int)Field.Length] = (uint)packet.Length;
        var facts = direction == Direction.Inbound ? Facts.IsInbound : 0;
        if (Ipv4View.TryParse(packet, out var v4))
        {
            words[(int)Field.Source] = BinaryPrimitives.ReadUInt32BigEndian(v4.Source);
            words[(int)Field.Destination] = BinaryPrimitives.ReadUInt32BigEndian(v4.Destination);
            facts |= Facts.IsIp | Facts.IsIpv4 | TrafficClass(v4.TrafficClass) | Protocol(v4.Protocol);
            facts |= v4.IsFragment ? Facts.IsFragment : 0;
            if (v4.FragmentOffset == 0)
            {
                ReadTransport(ref words, v4.Protocol, v4.Payload, isIpv4: true);
            }
        }
        else if (Ipv6View.TryParse(packet, out var v6))
        {
            facts |= ReadIpv6(ref words, v6);
        }

        words[(int)Field.Facts] = facts;
    }

    private static uint ReadIpv6(ref Words words, Ipv6View v6)
    {
        // Both addresses, which lie behind each other in the header as in the key.
        var addresses = MemoryMarshal.Cast<byte, uint>(v6.Header[^(2 * Ipv6View.AddressLength)..]);
        Span<uint> own = words;
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(addresses, own);
        }
        else
        {
            addresses.CopyTo(own);
        }

        var chain = Ipv6Chain.Walk(v6);
        if (chain is { IsComplete: true, FragmentOffset: 0 })
        {
            ReadTransport(ref words, chain.Protocol, v6.Packet[chain.Offset..], isIpv4: false);
        }

        return Facts.IsIp | Facts.IsIpv6 | TrafficClass(v6.TrafficClass) | Protocol(chain.Protocol)
            | (chain.IsFragment ? Facts.IsFragment : 0)
            | (chain.Passed == 0 ? 0 : Facts.Extensions(chain.Passed));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadTransport(ref Words words, IpProtocol protocol, ReadOnlySpan<byte> transport, bool isIpv4)
    {
        if (protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp && transport.Length >= 2 * sizeof(ushort))
        {
            words[(int)Field.SourcePort] = BinaryPrimitives.ReadUInt16BigEndian(transport);
            words[(int)Field.DestinationPort] = BinaryPrimitives.ReadUInt16BigEndian(transport[sizeof(ushort)..]);
            if (protocol == IpProtocol.Tcp && transport.Length > TcpFlagsOffset)
            {
                words[(int)Field.Detail] = Detail.HasTcpFlags | transport[TcpFlagsOffset];
            }
        }
        else if (protocol == (isIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6) && transport.Length > 0)
        {
            words[(int)Field.Detail] = (isIpv4 ? Detail.HasIcmpType : Detail.HasIcmpv6Type) | ((uint)transport[0] << Detail.IcmpTypeShift);
        }
    }

    private static uint Protocol(IpProtocol protocol) => (uint)protocol << Facts.ProtocolShift;

    private static uint TrafficClass(byte value) => (uint)value << Facts.TrafficClassShift;

    [InlineArray((int)Field.Count)]
    private struct Words
    {
        private uint _first;
    }
}
