using Culvert.Filtering.Conditions;
using Culvert.Options;

namespace Culvert.Filtering.Grammar;

/// <summary>
/// A recursive descent over the tokens with tcpdump's precedence: <c>not</c> binds strongest; <c>and</c> and <c>or</c> bind equally and
/// associate to the left. A method that returns null has left an error in <see cref="Error"/>.
/// </summary>
internal sealed class Parser(IReadOnlyList<Token> tokens)
{
    private const int MaxDepth = 64;

    private int _next;
    private int _depth;
    private Qualifier? _inherited;

    public FilterError? Error { get; private set; }

    private Token Current => tokens[_next];

    private Token Following => tokens[Math.Min(_next + 1, tokens.Count - 1)];

    public Node? ParseAll()
    {
        var node = ParseCombination(ParseTerm);
        return node is null || Current.IsEnd ? node : Unexpected();
    }

    /// <summary>Takes the next token if it has one of the texts.</summary>
    internal bool Take(params ReadOnlySpan<string> texts)
    {
        var taken = texts.Contains(Current.Text);
        _next += taken ? 1 : 0;
        return taken;
    }

    internal Token TakeAny()
    {
        var token = Current;
        _next += token.IsEnd ? 0 : 1;
        return token;
    }

    internal Node? Fail(Token token, string message, string remedy)
    {
        Error ??= token.Error(message, remedy);
        return null;
    }

    internal Node? Unknown(Token token)
    {
        var nearest = Suggestion.Nearest(token.Text, Words.All);
        return Fail(token, "unknown word", nearest is null ? "write a condition such as host, net, port, tcp, udp or icmp" : $"did you mean '{nearest}'?");
    }

    internal Node? Accept(ValueReading reading, string prefix)
    {
        Error ??= reading.Error;
        return reading.Condition is null ? null : reading.Condition with { Text = prefix + reading.Text };
    }

    private Node? ParseCombination(Func<Node?> parseOperand)
    {
        var parts = new List<Node>();
        var isAnd = false;
        var at = Current;
        for (var node = parseOperand(); node is not null; node = parseOperand())
        {
            parts.Add(node);
            var isNextAnd = Current.Text is "and" or "&&";
            if (!isNextAnd && Current.Text is not ("or" or "||"))
            {
                return Join(parts, isAnd, at);
            }

            if (parts.Count > 1 && isAnd != isNextAnd)
            {
                if (Join(parts, isAnd, at) is not { } joined)
                {
                    return null;
                }

                parts = [joined];
            }

            isAnd = isNextAnd;
            _next++;
        }

        return null;
    }

    private Node? Join(List<Node> parts, bool isAnd, Token at)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        // (a and b) and c is a and b and c.
        Node joined = isAnd
            ? new All([.. parts.SelectMany(part => part is All { Text: null } all ? all.Parts : [part])])
            : new Any([.. parts.SelectMany(part => part is Any { Text: null } any ? any.Parts : [part])]);
        return joined.Depth <= MaxDepth ? joined : TooDeep(at);
    }

    private Node? ParseTerm()
    {
        var token = Current;
        if (TryParseNested(ParseTerm, out var nested))
        {
            return nested;
        }

        if (_inherited is { } inherited && IsValue(token, inherited.Kind))
        {
            return ParseValue(inherited);
        }

        if (token.IsWord && !token.IsNumeric)
        {
            return ParseCondition();
        }

        return token.IsEnd ? Fail(token, "missing condition", "complete the expression")
            : !token.IsWord ? Unexpected()
            : Prefix.ParseAddress(token.Text) is not null ? Fail(token, "missing qualifier", $"write 'host {token.Text}'")
            : Prefix.Parse(token.Text, out _) is not null ? Fail(token, "missing qualifier", $"write 'net {token.Text}'")
            : Fail(token, "missing qualifier", $"write 'port {token.Text}' or another word before the value");
    }

    /// <summary>A negation, or operands in parentheses.</summary>
    /// <returns>False when the next token begins neither.</returns>
    private bool TryParseNested(Func<Node?> parseOperand, out Node? node)
    {
        node = null;
        var token = Current;
        if (token.Text is not ("not" or "!" or "("))
        {
            return false;
        }

        if (_depth == MaxDepth)
        {
            TooDeep(token);
            return true;
        }

        _depth++;
        _next++;
        node = token.Text == "(" ? ParseGroup(parseOperand) : parseOperand() is { } inner ? Not.Of(inner) : null;
        _depth--;
        return true;
    }

    // As in tcpdump, what follows the parenthesis inherits from what precedes it.
    private Node? ParseGroup(Func<Node?> parseOperand)
    {
        var outer = _inherited;
        var node = ParseCombination(parseOperand);
        _inherited = outer;
        return node is null || Take(")") ? node
            : Current.IsEnd ? Fail(Current, "missing ')'", "close the parenthesis")
            : Unexpected();
    }

    private Node? ParseCondition()
    {
        var word = Current.Text;
        if (word is "src" or "dst" || ValueKinds.ByWord.ContainsKey(word) || IsQualifiedProtocol(word))
        {
            return ParseQualified();
        }

        _inherited = null;
        return new SimpleConditions(this).Parse();
    }

    private bool IsQualifiedProtocol(string word) =>
        (word is "ip" or "ip6" || Names.Protocols.ContainsKey(word))
        && (Following.Text is "src" or "dst" || ValueKinds.ByWord.TryGetValue(Following.Text, out var kind) && (kind.HasEnds || kind.Protocols.Length > 0));

    private Node? ParseQualified()
    {
        var start = Current;
        var protocol = Current.Text is "src" or "dst" || ValueKinds.ByWord.ContainsKey(Current.Text) ? "" : TakeAny().Text;
        var (hasEnds, ends) = ParseEnds();
        var kindToken = Current;
        if (!ValueKinds.ByWord.TryGetValue(kindToken.Text, out var kind))
        {
            kind = ValueKinds.Host;
        }
        else
        {
            _next++;
        }

        if (hasEnds && !kind.HasEnds)
        {
            return Fail(kindToken, "'src' and 'dst' do not apply here", $"remove the direction before '{kind.Word}'");
        }

        if (protocol.Length > 0 && !kind.Protocols.Contains(protocol))
        {
            return Fail(start, $"does not qualify '{kind.Word}'", $"write '{protocol} and {kind.Word} …'");
        }

        return ParseValue(_inherited = new Qualifier(protocol, ends, kind));
    }

    private (bool IsGiven, Ends Ends) ParseEnds()
    {
        if (Current.Text is not ("src" or "dst"))
        {
            return (false, Ends.Either);
        }

        var first = TakeAny().Text;
        var other = first == "src" ? "dst" : "src";
        if (Current.Text is "or" or "and" && Following.Text == other)
        {
            var isBoth = TakeAny().Text == "and";
            _next++;
            return (true, isBoth ? Ends.Both : Ends.Either);
        }

        return (true, first == "src" ? Ends.Source : Ends.Destination);
    }

    private Node? ParseValue(Qualifier qualifier)
    {
        if (TryParseNested(() => ParseValue(qualifier), out var nested))
        {
            return nested;
        }

        if (Take("{"))
        {
            return ParseList(qualifier);
        }

        var token = Current;
        if (!token.IsWord)
        {
            return Fail(token, $"missing value of '{qualifier.Kind.Word}'", $"write {qualifier.Kind.Expected}");
        }

        _next++;
        return Accept(qualifier.Kind.Read(qualifier, token), qualifier.Prefix);
    }

    private Node? ParseList(Qualifier qualifier)
    {
        var items = new List<Node>();
        var texts = new List<string>();
        do
        {
            var token = TakeAny();
            if (!token.IsWord)
            {
                return Fail(token, "missing item of a list", $"write {qualifier.Kind.Expected}");
            }

            var reading = qualifier.Kind.Read(qualifier, token);
            if (reading.Condition is null)
            {
                return Accept(reading, "");
            }

            items.Add(reading.Condition);
            texts.Add(reading.Text);
        }
        while (Take(","));
        return Take("}")
            ? new Any(items) { Text = items.Count == 1 ? qualifier.Prefix + texts[0] : $"{qualifier.Prefix}{{{string.Join(", ", texts)}}}" }
            : Fail(Current, "missing ',' or '}'", "separate the items with commas and close the list with '}'");
    }

    private static bool IsValue(Token token, ValueKind kind) =>
        token.Text == "{" || token.IsNumeric || token.Text.StartsWith('\\')
        || (kind.Names.ContainsKey(token.Text) && !Words.All.Contains(token.Text));

    private Node? TooDeep(Token token) => Fail(token, $"more than {MaxDepth} levels of nesting", "simplify the expression, or use a list");

    private Node? Unexpected() => Current.IsWord && !Current.IsNumeric && !Words.All.Contains(Current.Text)
        ? Unknown(Current)
        : Fail(
            Current, "unexpected here", Current.IsWord ? "write 'and' or 'or' before the next condition" : "check the parentheses and connectives");
}
