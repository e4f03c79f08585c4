using System.Buffers.Binary;
using System.Net;
using Culvert.Filtering.Conditions;

namespace Culvert.Filtering.Grammar;

/// <summary>The comparison of each word of the language in a <see cref="PacketKey"/>.</summary>
internal static class Comparisons
{
    public static Node Family(string word) => Compare.Bits(Field.Facts, word == "ip" ? Facts.IsIpv4 : Facts.IsIpv6);

    /// <summary>Protocols that exist in one family only.</summary>
    private static uint FamilyOf(string word) => word switch
    {
        "ip" or "icmp" or "igmp" => Facts.IsIpv4,
        "ip6" or "icmp6" => Facts.IsIpv6,
        _ => Facts.IsIp,
    };

    /// <summary>A protocol's word as a condition: <c>tcp</c>, <c>icmp6</c>.</summary>
    public static Node Carries(string word) => Protocol(word, Names.Protocols[word]);

    /// <summary>The upper layer's protocol, or an extension header before it.</summary>
    public static Node Protocol(string family, uint number)
    {
        var bits = FamilyOf(family);
        var upper = new Compare(Field.Facts, Facts.Protocol | bits, (number << Facts.ProtocolShift) | bits);
        var extension = number < 64 && bits != Facts.IsIpv4 ? Facts.Extensions(1ul << (int)number) : 0;
        return extension == 0 ? upper : new Any(upper, Compare.Bits(Field.Facts, extension));
    }

    public static Node Network(Ends ends, IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        var family = Family(bytes.Length == sizeof(uint) ? "ip" : "ip6");
        return length == 0 ? family : new All(family, At(ends, isSource => Network(isSource ? Field.Source : Field.Destination, bytes, length)));
    }

    public static Node Ports(Qualifier qualifier, uint low, uint high)
    {
        var ports = At(qualifier.Ends, isSource => new Compare(isSource ? Field.SourcePort : Field.DestinationPort, uint.MaxValue, low, high - low));
        return qualifier.Protocol.Length == 0 ? ports : new All(Carries(qualifier.Protocol), ports);
    }

    public static Node IcmpType(uint present, uint type) =>
        new Compare(Field.Detail, present | Detail.IcmpType, present | (type << Detail.IcmpTypeShift));

    public static Node TrafficClass(uint mask, uint value) =>
        new Compare(Field.Facts, Facts.IsIp | mask, Facts.IsIp | (value << Facts.TrafficClassShift));

    public static Node TcpFlags(uint mask, uint value) =>
        new Compare(Field.Detail, Detail.HasTcpFlags | mask, Detail.HasTcpFlags | value);

    /// <summary>Lengths from <paramref name="low"/> to <paramref name="high"/>; none when the range is empty.</summary>
    public static Node Length(uint low, uint high) => low > high ? new Any() : new Compare(Field.Length, uint.MaxValue, low, high - low);

    private static Node At(Ends ends, Func<bool, Node> compare) => ends switch
    {
        Ends.Source => compare(true),
        Ends.Destination => compare(false),
        Ends.Both => new All(compare(true), compare(false)),
        _ => new Any(compare(true), compare(false)),
    };

    private static Node Network(Field first, byte[] address, int length)
    {
        var words = new List<Node>();
        for (var bit = 0; bit < length; bit += 32)
        {
            var mask = uint.MaxValue << Math.Max(0, 32 - (length - bit));
            words.Add(new Compare((Field)((int)first + (bit / 32)), mask, BinaryPrimitives.ReadUInt32BigEndian(address.AsSpan(bit / 8))));
        }

        return new All(words);
    }
}
