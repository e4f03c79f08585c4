using System.Globalization;
using Culvert.Filtering.Conditions;
using Culvert.Options;

namespace Culvert.Filtering.Grammar;

/// <summary>
/// tcpdump's access to a header's byte, as far as this language has it: the TCP flags and the ICMP types, as in
/// <c>tcp[tcpflags] &amp; (tcp-syn|tcp-ack) == tcp-syn</c> and <c>icmp[icmptype] = icmp-echo</c>.
/// </summary>
internal sealed class HeaderByte(Parser parser)
{
    /// <summary>Parses what follows the opening bracket.</summary>
    public Node? Parse(string protocol)
    {
        var (name, offset) = protocol switch { "tcp" => ("tcpflags", "13"), "icmp" => ("icmptype", "0"), _ => ("icmp6type", "0") };
        var field = parser.TakeAny();
        if (field.Text != name && field.Text != offset)
        {
            return parser.Fail(field, "unsupported field", $"write {protocol}[{name}]");
        }

        var close = parser.TakeAny();
        if (close.Text != "]")
        {
            return parser.Fail(close, "missing ']'", $"write {protocol}[{name}]");
        }

        return protocol == "tcp" ? ParseFlags(close) : ParseType(protocol, close);
    }

    private Node? ParseFlags(Token before)
    {
        uint? mask = null;
        if (parser.Take("&"))
        {
            if ((mask = ParseBits()) is null)
            {
                return null;
            }
        }

        if (ParseEquality(before) is not { } isEqual || ParseBits() is not { } value)
        {
            return null;
        }

        if (!isEqual && value == 0 && mask is { } one && uint.IsPow2(one))
        {
            return SimpleConditions.Flag(Names.TcpFlags.First(pair => pair.Value == one).Key, one);
        }

        var equal = Comparisons.TcpFlags(mask ?? Detail.TcpFlags, value);
        // Values outside the mask must not reach the bits of other fields.
        equal = (value & ~(mask ?? Detail.TcpFlags)) == 0 ? equal : new Any();
        var node = isEqual ? equal : new All(Comparisons.TcpFlags(0, 0), Not.Of(equal));
        return node with { Text = $"tcp[tcpflags]{(mask is { } bits ? $" & {Text(bits)}" : "")} {(isEqual ? "==" : "!=")} {Text(value)}" };
    }

    private Node? ParseType(string protocol, Token before)
    {
        if (ParseEquality(before) is not { } isEqual)
        {
            return null;
        }

        var kind = ValueKinds.ByWord[protocol + "-type"];
        var reading = kind.Read(new Qualifier("", Ends.Either, kind), parser.TakeAny());
        if (isEqual || reading.Condition is not { } equal)
        {
            return parser.Accept(reading, kind.Word + " ");
        }

        // As in tcpdump, without the field there is nothing to be unequal to: in later fragments and truncated headers.
        var present = Compare.Bits(Field.Detail, protocol == "icmp" ? Detail.HasIcmpType : Detail.HasIcmpv6Type);
        return new All(present, Not.Of(equal)) { Text = $"{protocol}[{protocol}type] != {reading.Text}" };
    }

    private bool? ParseEquality(Token before)
    {
        var at = parser.TakeAny();
        switch (at.Text)
        {
            case "=" or "==":
                return true;
            case "!=":
                return false;
            default:
                parser.Fail(at, $"missing relation after '{before.Text}'", "write = or !=");
                return null;
        }
    }

    // NAME | NUMBER | (A|B) | A|B
    private uint? ParseBits()
    {
        var isGroup = parser.Take("(");
        var bits = 0u;
        do
        {
            var token = parser.TakeAny();
            if (!TryReadFlag(token.Text, out var flag))
            {
                parser.Fail(token, "not a TCP flag", Suggestion.Remedy(token.Text, [.. Names.TcpFlags.Keys.Select(name => "tcp-" + name)], "the flags are"));
                return null;
            }

            bits |= flag;
        }
        while (parser.Take("|", "+"));
        if (isGroup && !parser.Take(")"))
        {
            parser.Fail(parser.TakeAny(), "missing ')'", "close the parenthesis");
            return null;
        }

        return bits;
    }

    private static bool TryReadFlag(string text, out uint flag)
    {
        const string Hexadecimal = "0x";
        var name = text.StartsWith("tcp-", StringComparison.Ordinal) ? text["tcp-".Length..] : text;
        return Names.TcpFlags.TryGetValue(name, out flag)
            || ValueKinds.TryParseNumber(text, Detail.TcpFlags, out flag)
            || (text.StartsWith(Hexadecimal, StringComparison.Ordinal)
                && uint.TryParse(text.AsSpan(Hexadecimal.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out flag)
                && flag <= Detail.TcpFlags);
    }

    private static string Text(uint bits)
    {
        var names = Names.TcpFlags.Where(pair => (bits & pair.Value) != 0).OrderBy(pair => pair.Value).Select(pair => "tcp-" + pair.Key).ToArray();
        return names.Length switch { 0 => "0", 1 => names[0], _ => $"({string.Join('|', names)})" };
    }
}
