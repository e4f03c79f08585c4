using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Culvert.Wire.Text;

/// <summary>TCP's control bits and options in tcpdump's words.</summary>
internal static class TcpText
{
    private const string FlagLetters = "FSRP.UEWe";

    /// <summary><c>S.</c> for SYN and ACK; <c>none</c> when none is set.</summary>
    public static string Flags(TcpFlags flags)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < FlagLetters.Length; bit++)
        {
            if (((int)flags & (1 << bit)) != 0)
            {
                text.Append(FlagLetters[bit]);
            }
        }

        return text.Length == 0 ? "none" : text.ToString();
    }

    /// <summary><c>mss 1460,nop,wscale 7</c>; what follows End Of List is shown when it is not all zero.</summary>
    public static string Options(TcpOptions options)
    {
        var text = new StringBuilder();
        var end = 0;
        foreach (var option in options)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(Option(option));
            end += option.Bytes.Length;
        }

        var padding = options.Bytes[end..];
        return padding.ContainsAnyExcept((byte)0)
            ? text.Append(CultureInfo.InvariantCulture, $",padding 0x{Convert.ToHexStringLower(padding)}").ToString()
            : text.ToString();
    }

    private static string Option(TcpOption option)
    {
        var name = Name(option.Kind);
        if (!option.IsWellFormed)
        {
            var length = option.Length < 0 ? "no length byte" : string.Create(CultureInfo.InvariantCulture, $"bad length {option.Length}");
            return $"{name} [{length}]";
        }

        var value = option.Value;
        return (option.Kind, option.Length) switch
        {
            (TcpOptionKind.EndOfList or TcpOptionKind.NoOperation, _) => name,
            (TcpOptionKind.SackPermitted, 2) => name,
            (TcpOptionKind.MaximumSegmentSize, TcpOption.MssLength) => Number(name, option.Mss),
            (TcpOptionKind.WindowScale, 3) => Number(name, value[0]),
            (TcpOptionKind.Timestamps, 10) => string.Create(CultureInfo.InvariantCulture,
                $"{name} val {BinaryPrimitives.ReadUInt32BigEndian(value)} ecr {BinaryPrimitives.ReadUInt32BigEndian(value[4..])}"),
            (TcpOptionKind.Sack, _) when value.Length > 0 && value.Length % 8 == 0 => Sack(name, value),
            (TcpOptionKind.MaximumSegmentSize or TcpOptionKind.WindowScale or TcpOptionKind.SackPermitted or TcpOptionKind.Timestamps, _)
                => string.Create(CultureInfo.InvariantCulture, $"{name} [bad length {option.Length}]"),
            _ => value.IsEmpty ? name : $"{name} 0x{Convert.ToHexStringLower(value)}",
        };
    }

    private static string Name(TcpOptionKind kind) => kind switch
    {
        TcpOptionKind.EndOfList => "eol",
        TcpOptionKind.NoOperation => "nop",
        TcpOptionKind.MaximumSegmentSize => "mss",
        TcpOptionKind.WindowScale => "wscale",
        TcpOptionKind.SackPermitted => "sackOK",
        TcpOptionKind.Sack => "sack",
        TcpOptionKind.Timestamps => "TS",
        TcpOptionKind.Md5Signature => "md5",
        TcpOptionKind.Authentication => "tcp-ao",
        TcpOptionKind.Multipath => "mptcp",
        TcpOptionKind.FastOpen => "tfo",
        _ => string.Create(CultureInfo.InvariantCulture, $"unknown-{(int)kind}"),
    };

    private static string Number(string name, int value) => string.Create(CultureInfo.InvariantCulture, $"{name} {value}");

    private static string Sack(string name, ReadOnlySpan<byte> value)
    {
        const int Block = 2 * sizeof(uint);
        var text = new StringBuilder(Number(name, value.Length / Block)).Append(' ');
        for (; !value.IsEmpty; value = value[Block..])
        {
            var (from, to) = (BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[sizeof(uint)..]));
            text.Append(CultureInfo.InvariantCulture, $"{{{from}:{to}}}");
        }

        return text.ToString();
    }
}
