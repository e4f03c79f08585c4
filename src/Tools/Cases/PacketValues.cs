using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;
using Culvert.Tools.Captures;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Tools.Cases;

/// <summary>The forms of values that the packets of a test are written in. Each reads a text into the one spelling that is compared.</summary>
internal static class PacketValues
{
    private const string FlagLetters = "FSRPAUEWe";

    /// <summary>Reads TCP flags: <c>SA</c>, or <c>S.</c> as tcpdump has it; <c>none</c> for none.</summary>
    public static bool TryReadFlags(string text, out TcpFlags flags)
    {
        flags = TcpFlags.None;
        foreach (var letter in text == FieldChanges.Absent ? "" : text)
        {
            var bit = FlagLetters.IndexOf(letter == '.' ? 'A' : letter, StringComparison.Ordinal);
            if (bit < 0)
            {
                return false;
            }

            flags |= (TcpFlags)(1 << bit);
        }

        return text.Length > 0;
    }

    /// <summary>Reads up to 16 hexadecimal digits, with or without <c>0x</c>.</summary>
    public static bool TryReadHex(string text, out ulong value) => ulong.TryParse(
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}

/// <summary>TCP flags as tcpdump's letters.</summary>
/// <param name="Flags">The flags.</param>
internal readonly record struct FlagsValue(TcpFlags Flags) : IOptionValue<FlagsValue>
{
    public static string Expected => "letters of S, A (or .), F, R, P, U, E, W, e, for example SA; or none";

    public static string JsonSchema => """{"type":"string","pattern":"^([SAFRPUEWe.]+|none)$"}""";

    public static bool TryRead(OptionNode node, out FlagsValue value, out string? error)
    {
        error = null;
        var valid = PacketValues.TryReadFlags(node.Scalar ?? "", out var flags);
        value = new FlagsValue(flags);
        return valid;
    }

    public override string ToString() => TcpText.Flags(Flags);
}

/// <summary>A checksum in hexadecimal digits.</summary>
/// <param name="Value">The 16 bits.</param>
internal readonly record struct ChecksumValue(ushort Value) : IOptionValue<ChecksumValue>
{
    public static string Expected => "up to four hexadecimal digits, for example e771";

    public static string JsonSchema => """{"type":["string","number"]}""";

    public static bool TryRead(OptionNode node, out ChecksumValue value, out string? error)
    {
        error = null;
        var valid = PacketValues.TryReadHex(node.Scalar ?? "", out var bits) && bits <= ushort.MaxValue;
        value = new ChecksumValue((ushort)bits);
        return valid;
    }
}

/// <summary>Bytes in hexadecimal digits.</summary>
/// <param name="Bytes">At least one.</param>
internal sealed record HexBytes(byte[] Bytes) : IOptionValue<HexBytes>
{
    public static string Expected => "hexadecimal digits, two for each byte";

    public static string JsonSchema => """{"type":["string","number"]}""";

    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out HexBytes? value, out string? error)
    {
        error = null;
        value = null;
        if (node.Scalar is not { } text)
        {
            return false;
        }

        value = HexText.TryRead(text, out var bytes, out error) ? new HexBytes(bytes) : null;
        return value is not null;
    }
}

/// <summary>A payload: a number of bytes that count up from 0, or the bytes behind <c>0x</c>.</summary>
/// <param name="Bytes">The payload.</param>
internal sealed record PayloadBytes(byte[] Bytes) : IOptionValue<PayloadBytes>
{
    public static string Expected => "a number of bytes, or the bytes themselves as 0x and hexadecimal digits";

    public static string JsonSchema => """{"type":["integer","string"]}""";

    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out PayloadBytes? value, out string? error)
    {
        error = null;
        value = null;
        if (node.Scalar is not { } text)
        {
            return false;
        }

        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            value = HexText.TryRead(text, out var bytes, out error) ? new PayloadBytes(bytes) : null;
        }
        else if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            value = new PayloadBytes([.. Enumerable.Range(0, count).Select(place => (byte)place)]);
        }

        return value is not null;
    }
}
