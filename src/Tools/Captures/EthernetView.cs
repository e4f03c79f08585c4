using System.Buffers.Binary;

namespace Culvert.Tools.Captures;

/// <summary>The EtherTypes that Culvert knows by name; any value may occur. Source: IEEE 802 numbers at IANA.</summary>
internal enum EtherType : ushort
{
    /// <summary>IPv4.</summary>
    Ipv4 = 0x0800,

    /// <summary>ARP.</summary>
    Arp = 0x0806,

    /// <summary>A customer VLAN tag, IEEE 802.1Q.</summary>
    Vlan = 0x8100,

    /// <summary>IPv6.</summary>
    Ipv6 = 0x86DD,

    /// <summary>A service VLAN tag, IEEE 802.1ad.</summary>
    ServiceVlan = 0x88A8,

    /// <summary>A service VLAN tag as some switches wrote it before 802.1ad.</summary>
    OldServiceVlan = 0x9100,
}

/// <summary>
/// An Ethernet frame (IEEE 802.3, without preamble and checksum) in place, with its VLAN tags walked. <see cref="TryParse"/> proves that
/// the header and the tags are whole; from then on no accessor can fail. Frames only come from captures: a TUN device has none.
/// </summary>
internal readonly ref struct EthernetView
{
    /// <summary>The maximum number of VLAN tags that are skipped.</summary>
    public const int MaxVlanTags = 4;

    /// <summary>The bytes of a header without tags.</summary>
    public const int MinimumHeaderLength = Field.EtherType + EtherTypeLength;

    private const int AddressLength = 6;
    private const int EtherTypeLength = 2;
    private const int TagLength = 4;
    private const int VlanMask = 0xFFF;

    private readonly Span<byte> _frame;

    private EthernetView(Span<byte> frame, int tags)
    {
        _frame = frame;
        VlanCount = tags;
    }

    private static class Field
    {
        public const int Destination = 0;
        public const int Source = Destination + AddressLength;
        public const int EtherType = Source + AddressLength;
        public const int VlanControl = EtherType + EtherTypeLength;
    }

    /// <summary>Proves a frame's header.</summary>
    /// <param name="frame">The frame, from the destination address on.</param>
    /// <param name="view">The frame.</param>
    /// <returns>False when the header or a tag is cut, or there are more tags than <see cref="MaxVlanTags"/>.</returns>
    public static bool TryParse(Span<byte> frame, out EthernetView view)
    {
        view = default;
        for (var tags = 0; tags <= MaxVlanTags; tags++)
        {
            var offset = Field.EtherType + (tags * TagLength);
            if (frame.Length < offset + EtherTypeLength)
            {
                return false;
            }

            if (!IsTag((EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[offset..])))
            {
                view = new EthernetView(frame, tags);
                return true;
            }
        }

        return false;
    }

    /// <summary>The receiver's hardware address, 6 bytes.</summary>
    public Span<byte> Destination => _frame.Slice(Field.Destination, AddressLength);

    /// <summary>The sender's hardware address, 6 bytes.</summary>
    public Span<byte> Source => _frame.Slice(Field.Source, AddressLength);

    /// <summary>The number of VLAN tags, 0 to <see cref="MaxVlanTags"/>.</summary>
    public int VlanCount { get; }

    /// <summary>The VLAN number of a tag, 0 to 4095.</summary>
    /// <param name="index">0 for the outer tag, up to <see cref="VlanCount"/> − 1; beyond it the answer is 0.</param>
    public int VlanId(int index) => (uint)index < (uint)VlanCount
        ? BinaryPrimitives.ReadUInt16BigEndian(_frame[(Field.VlanControl + (index * TagLength))..]) & VlanMask
        : 0;

    /// <summary>The EtherType behind all tags. Below 0x0600: an IEEE 802.3 length.</summary>
    public EtherType EtherType => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_frame[(HeaderLength - EtherTypeLength)..]);

    /// <summary>Whether the EtherType announces an IP packet.</summary>
    public bool IsIp => EtherType is EtherType.Ipv4 or EtherType.Ipv6;

    /// <summary>The bytes of header and tags.</summary>
    public int HeaderLength => MinimumHeaderLength + (VlanCount * TagLength);

    /// <summary>The bytes behind the header and the tags, padding included.</summary>
    public Span<byte> Payload => _frame[HeaderLength..];

    private static bool IsTag(EtherType type) => type is EtherType.Vlan or EtherType.ServiceVlan or EtherType.OldServiceVlan;
}
