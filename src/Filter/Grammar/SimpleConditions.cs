using System.Globalization;
using Culvert.Filtering.Conditions;

namespace Culvert.Filtering.Grammar;

/// <summary>The conditions whose value is not inherited: protocols, flags, lengths, fragments and directions.</summary>
internal sealed class SimpleConditions(Parser parser)
{
    private const uint MaxLength = ushort.MaxValue;

    private static readonly string[] Relations = ["<", "<=", ">", ">=", "=", "==", "!="];

    public Node? Parse()
    {
        var token = parser.TakeAny();
        var word = token.Text;
        return word switch
        {
            "ip" or "ip6" => Comparisons.Family(word) with { Text = word },
            "fragment" => Compare.Bits(Field.Facts, Facts.IsFragment) with { Text = word },
            "inbound" => Compare.Bits(Field.Facts, Facts.IsInbound) with { Text = word },
            "outbound" => new Compare(Field.Facts, Facts.IsInbound, 0) { Text = word },
            "less" => ParseLength("<="),
            "greater" => ParseLength(">="),
            "length" or "len" => ParseRelation(token) is { } relation ? ParseLength(relation) : null,
            "tcp" or "icmp" or "icmp6" when parser.Take("[") => new HeaderByte(parser).Parse(word),
            _ when Names.TcpFlags.TryGetValue(word, out var flag) => Flag(word, flag),
            _ when Names.Protocols.ContainsKey(word) => Comparisons.Carries(word) with { Text = word },
            _ => parser.Unknown(token),
        };
    }

    /// <summary>Takes a relation such as <c>!=</c>; null with an error when there is none.</summary>
    public string? ParseRelation(Token after)
    {
        var token = parser.TakeAny();
        if (!Relations.Contains(token.Text))
        {
            parser.Fail(token, $"missing relation after '{after.Text}'", $"write one of {string.Join(" ", Relations)}");
            return null;
        }

        return token.Text == "=" ? "==" : token.Text;
    }

    public static Node Flag(string word, uint flag) => Comparisons.TcpFlags(flag, flag) with { Text = word };

    private Node? ParseLength(string relation)
    {
        var token = parser.TakeAny();
        if (!ValueKinds.TryParseNumber(token.Text, MaxLength, out var length))
        {
            return parser.Fail(token, "not a valid length", string.Create(CultureInfo.InvariantCulture, $"write a number of bytes from 0 to {MaxLength}"));
        }

        var node = relation switch
        {
            "<" => length == 0 ? new Any() : Comparisons.Length(0, length - 1),
            "<=" => Comparisons.Length(0, length),
            ">" => Comparisons.Length(length + 1, uint.MaxValue),
            ">=" => Comparisons.Length(length, uint.MaxValue),
            "==" => Comparisons.Length(length, length),
            _ => Not.Of(Comparisons.Length(length, length)),
        };
        return node with { Text = string.Create(CultureInfo.InvariantCulture, $"length {relation} {length}") };
    }
}
