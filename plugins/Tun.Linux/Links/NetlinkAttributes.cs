using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The attributes behind a message's body. An attribute whose length does not fit ends the walk.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> attributes)
{
    private static readonly int _headerLength = Marshal.SizeOf<Netlink.AttributeHeader>();
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>The present attribute's type, without the bits that say how it is encoded.</summary>
    public int Type { get; private set; }

    /// <summary>The present attribute's value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly NetlinkAttributes Current => this;

    public readonly NetlinkAttributes GetEnumerator() => this;

    /// <summary>The value of the first attribute of a type; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int type)
    {
        foreach (var attribute in new NetlinkAttributes(attributes))
        {
            if (attribute.Type == type)
            {
                return attribute.Value;
            }
        }

        return default;
    }

    /// <summary>The value of the first attribute of a type as a number of 32 bits; null when there is none.</summary>
    public static uint? FindNumber(ReadOnlySpan<byte> attributes, int type)
    {
        var value = Find(attributes, type);
        return value.Length < sizeof(uint) ? null : MemoryMarshal.Read<uint>(value);
    }

    public bool MoveNext()
    {
        if (_rest.Length < _headerLength)
        {
            return false;
        }

        var header = MemoryMarshal.Read<Netlink.AttributeHeader>(_rest);
        if (header.nla_len < _headerLength || header.nla_len > _rest.Length)
        {
            return false;
        }

        Type = header.nla_type & Netlink.NLA_TYPE_MASK;
        Value = _rest[_headerLength..header.nla_len];
        var aligned = (header.nla_len + Netlink.Alignment - 1) & ~(Netlink.Alignment - 1);
        _rest = _rest[Math.Min(aligned, _rest.Length)..];
        return true;
    }
}
