using System.Buffers.Binary;

namespace Culvert.Tools.Captures;

/// <summary>Finds the IP packet in a captured frame. Pure; no bytes make it throw.</summary>
internal static class LinkLayer
{
    // LINUX_SLL: the protocol is the last of its 16 bytes; LINUX_SLL2: the first of its 20.
    private const int CookedLength = 16;
    private const int CookedProtocol = 14;
    private const int Cooked2Length = 20;

    /// <summary>What to do about a capture of another link type.</summary>
    public const string Remedy = "capture raw IP (a TUN device), Ethernet, or with 'tcpdump -i any'";

    /// <summary>Whether Culvert finds IP packets in such frames.</summary>
    public static bool IsKnown(LinkType type) => Enum.IsDefined(type);

    /// <summary>Finds the IP packet.</summary>
    /// <param name="type">What the frame is.</param>
    /// <param name="frame">The captured bytes.</param>
    /// <param name="offset">Where the IP packet starts; 0 when there is none.</param>
    /// <returns>False for a frame that carries something else, whose header is cut, or whose link type is not known.</returns>
    public static bool TryFindIp(LinkType type, Span<byte> frame, out int offset)
    {
        offset = 0;
        switch (type)
        {
            case LinkType.Ethernet:
                if (!EthernetView.TryParse(frame, out var ethernet) || !ethernet.IsIp)
                {
                    return false;
                }

                offset = ethernet.HeaderLength;
                return true;
            case LinkType.LinuxCooked:
                return IsIp(frame, CookedLength, CookedProtocol, out offset);
            case LinkType.LinuxCooked2:
                return IsIp(frame, Cooked2Length, 0, out offset);
            default:
                return !frame.IsEmpty && IsKnown(type);
        }
    }

    /// <summary>A header for a packet that no frame carried: one that a stage made. Addresses are zero.</summary>
    /// <param name="type">What the frame is to be.</param>
    /// <param name="packet">An IP packet.</param>
    public static byte[] MakeHeader(LinkType type, ReadOnlySpan<byte> packet)
    {
        const int VersionShift = 4;
        var length = type switch
        {
            LinkType.Ethernet => EthernetView.MinimumHeaderLength,
            LinkType.LinuxCooked => CookedLength,
            LinkType.LinuxCooked2 => Cooked2Length,
            _ => 0,
        };
        var header = new byte[length];
        if (length > 0)
        {
            var field = type == LinkType.LinuxCooked2 ? 0 : length - sizeof(ushort);
            var ipv6 = !packet.IsEmpty && packet[0] >> VersionShift == 6;
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(field), (ushort)(ipv6 ? EtherType.Ipv6 : EtherType.Ipv4));
        }

        return header;
    }

    private static bool IsIp(ReadOnlySpan<byte> frame, int headerLength, int protocol, out int offset)
    {
        offset = 0;
        // A VLAN tag (IEEE 802.1Q) stands behind the cooked header, as it does behind the addresses of an Ethernet frame.
        for (var tags = 0; tags <= EthernetView.MaxVlanTags && frame.Length >= headerLength; tags++)
        {
            switch ((EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[protocol..]))
            {
                case EtherType.Ipv4 or EtherType.Ipv6:
                    offset = headerLength;
                    return true;
                case EtherType.Vlan or EtherType.ServiceVlan:
                    protocol = headerLength + sizeof(ushort);
                    headerLength += 2 * sizeof(ushort);
                    break;
                default:
                    return false;
            }
        }

        return false;
    }
}
