namespace Culvert.Testing.Building;

/// <summary>The Ethernet header of a packet that is built, with VLAN tags (IEEE 802.3, 802.1Q); empty unless there is one.</summary>
internal sealed class FrameHeader
{
    private const ushort Ipv4Type = 0x0800;
    private const ushort Ipv6Type = 0x86DD;
    private const ushort VlanType = 0x8100;
    private const ushort ServiceVlanType = 0x88A8;

    private readonly List<byte> _bytes = [];

    /// <summary>Sets addresses and tags.</summary>
    /// <param name="vlans">VLAN numbers, the outer one first; with two, the outer one is a service tag (QinQ).</param>
    public void Set(ReadOnlySpan<ushort> vlans)
    {
        _bytes.Clear();
        _bytes.AddRange([0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1]);
        for (var i = 0; i < vlans.Length; i++)
        {
            AddWord(i < vlans.Length - 1 ? ServiceVlanType : VlanType);
            AddWord(vlans[i]);
        }
    }

    /// <summary>Returns the header in front of an IP packet.</summary>
    public byte[] Build(bool ipv4)
    {
        var type = ipv4 ? Ipv4Type : Ipv6Type;
        return _bytes.Count == 0 ? [] : [.. _bytes, (byte)(type >> 8), (byte)type];
    }

    private void AddWord(ushort value) => _bytes.AddRange([(byte)(value >> 8), (byte)value]);
}
