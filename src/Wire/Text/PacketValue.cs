using System.Buffers.Binary;
using System.Globalization;

namespace Culvert.Wire.Text;

/// <summary>A named value of a packet. Its text is formed when it is asked for: most values are only compared.</summary>
internal readonly struct PacketValue
{
    private readonly UInt128 _number;
    private readonly Form _form;
    private readonly string? _text;
    private readonly string? _key;

    private PacketValue(HeaderFields field, string name, UInt128 number, Form form, string? text = null, string? key = null) =>
        (Field, Name, _number, _form, _text, _key) = (field, name, number, form, text, key);

    private enum Form : byte
    {
        Decimal,
        Hex2,
        Hex4,
        Hex5,
        Hex8,
        Ipv4Address,
        Ipv6Address,
        FragmentFlags,
        TcpFlags,
        Text,
    }

    /// <summary>The part of the packet that it belongs to.</summary>
    public HeaderFields Field { get; }

    /// <summary>Its display name.</summary>
    public string Name { get; }

    /// <summary>Its value.</summary>
    public string Text => _form switch
    {
        Form.Hex2 => Hex("x2"),
        Form.Hex4 => Hex("x4"),
        Form.Hex5 => Hex("x5"),
        Form.Hex8 => Hex("x8"),
        Form.Ipv4Address or Form.Ipv6Address => AddressText(),
        Form.FragmentFlags => FragmentFlagsText((int)_number),
        Form.TcpFlags => TcpFlagsText((int)_number),
        Form.Text => _text!,
        _ => _number.ToString(CultureInfo.InvariantCulture),
    };

    public static PacketValue OfNumber(HeaderFields field, string name, ulong value) => new(field, name, value, Form.Decimal);

    /// <param name="field">The part of the packet.</param>
    /// <param name="name">The display name.</param>
    /// <param name="value">The value.</param>
    /// <param name="digits">2, 4, 5 or 8.</param>
    public static PacketValue OfHex(HeaderFields field, string name, uint value, int digits) => new(field, name, value, digits switch
    {
        2 => Form.Hex2,
        4 => Form.Hex4,
        5 => Form.Hex5,
        _ => Form.Hex8,
    });

    /// <param name="field">The part of the packet.</param>
    /// <param name="name">The display name.</param>
    /// <param name="address">4 or 16 bytes.</param>
    public static PacketValue OfAddress(HeaderFields field, string name, ReadOnlySpan<byte> address) => address.Length == Ipv4View.AddressLength
        ? new(field, name, BinaryPrimitives.ReadUInt32BigEndian(address), Form.Ipv4Address)
        : new(field, name, BinaryPrimitives.ReadUInt128BigEndian(address), Form.Ipv6Address);

    public static PacketValue OfFragmentFlags(in Ipv4View ip) => new(
        HeaderFields.Fragmentation, "fragment flags", (ip.ReservedFlag ? 4u : 0) | (ip.DontFragment ? 2u : 0) | (ip.MoreFragments ? 1u : 0), Form.FragmentFlags);

    public static PacketValue OfTcpFlags(in TcpView tcp) => new(HeaderFields.TcpFlags, "TCP flags", (uint)tcp.OffsetAndFlags & 0x0FFF, Form.TcpFlags);

    /// <param name="field">The part of the packet.</param>
    /// <param name="name">The display name.</param>
    /// <param name="text">The value.</param>
    /// <param name="key">What is compared; the text when null.</param>
    public static PacketValue OfText(HeaderFields field, string name, string text, string? key = null) => new(field, name, 0, Form.Text, text, key ?? text);

    /// <summary>Whether two values of one name are the same.</summary>
    public bool IsLike(in PacketValue other) => _number == other._number && _form == other._form && _key == other._key;

    private static string FragmentFlagsText(int flags)
    {
        var text = ((flags & 4) != 0 ? "reserved " : "") + ((flags & 2) != 0 ? "DF " : "") + ((flags & 1) != 0 ? "MF " : "");
        return text.Length == 0 ? FieldChanges.Absent : text.TrimEnd();
    }

    private static string TcpFlagsText(int flags)
    {
        const int ReservedBits = 0x0E00;
        return TcpText.Flags((TcpFlags)(flags & ~ReservedBits)) + ((flags & ReservedBits) switch
        {
            0 => "",
            var reserved => string.Create(CultureInfo.InvariantCulture, $" reserved {reserved:x4}"),
        });
    }

    private string Hex(string format) => ((ulong)_number).ToString(format, CultureInfo.InvariantCulture);

    private string AddressText()
    {
        Span<byte> bytes = stackalloc byte[Ipv6View.AddressLength];
        if (_form == Form.Ipv6Address)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, _number);
            return PacketText.Address(bytes);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_number);
        return PacketText.Address(bytes[..Ipv4View.AddressLength]);
    }
}
