using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Filtering.Conditions;
using Culvert.Filtering.Grammar;
using Culvert.Options;
using Culvert.Packets;

namespace Culvert.Filtering;

/// <summary>
/// A compiled filter expression such as <c>outbound and tcp and (port 80 or port 443)</c>. Immutable; equal to another with the same
/// canonical text. Matching allocates nothing and never throws, whatever the bytes.
/// </summary>
public sealed class PacketFilter : IOptionValue<PacketFilter>, IEquatable<PacketFilter>
{
    /// <summary>The longest expression in characters.</summary>
    public const int MaxLength = 8192;

    /// <summary>The most comparisons that an expression may compile to.</summary>
    public const int MaxComparisons = 4096;

    private readonly FilterProgram _program;
    private readonly string _canonical;

    private PacketFilter(Node node, string canonical, FilterProgram program)
    {
        (_canonical, _program) = (canonical, program);
        Opposite = CanonicalText.Of(Not.Of(node));
    }

    /// <summary>The filter that every packet matches; its text is empty.</summary>
    public static PacketFilter Everything { get; } = new(new Not(new Any() { Text = "length < 0" }), "", new FilterProgram(new All()));

    /// <inheritdoc/>
    public static string Expected => "a filter expression such as tcp dst port 443";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","minLength":1,"maxLength":8192}""";

    /// <summary>Whether the filter matches every packet, so that nothing needs to be compared.</summary>
    public bool IsEverything => _program.Length == 0 && _program.Matches(default);

    /// <summary>The canonical expression for the packets that do not match: <c>not tcp port 80</c>.</summary>
    public string Opposite { get; }

    /// <summary>Compiles an expression.</summary>
    /// <param name="text">The expression; empty for <see cref="Everything"/>.</param>
    /// <param name="filter">The filter, when true is returned.</param>
    /// <param name="error">What is wrong, when false is returned.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PacketFilter? filter, [NotNullWhen(false)] out FilterError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        filter = null;
        if (text.Length > MaxLength)
        {
            error = Oversized($"more than {MaxLength} characters", "shorten the expression");
            return false;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            (filter, error) = (Everything, null);
            return true;
        }

        if (!Lexer.TrySplit(text, out var tokens, out error))
        {
            return false;
        }

        var parser = new Parser(tokens);
        if (parser.ParseAll() is not { } node)
        {
            error = parser.Error!;
            return false;
        }

        var program = new FilterProgram(node);
        if (program.Length > MaxComparisons)
        {
            error = Oversized(
                string.Create(CultureInfo.InvariantCulture, $"{program.Length} comparisons, more than {MaxComparisons}"), "shorten the lists");
            return false;
        }

        (filter, error) = (new PacketFilter(node, CanonicalText.Of(node), program), null);
        return true;

        FilterError Oversized(string message, string remedy) => new Token(text, 0, IsWord: true).Error(message, remedy);
    }

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out PacketFilter? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        (value, error) = (null, null);
        if (string.IsNullOrWhiteSpace(node.Scalar))
        {
            // YAML reads a plain '!tcp' as a tag without a value.
            error = node.Scalar is null ? null : "no expression; write one, in quotes when it starts with '!'";
            return false;
        }

        if (TryParse(node.Scalar, out value, out var problem))
        {
            return true;
        }

        error = problem.ToString();
        return false;
    }

    /// <summary>Whether a packet matches whose fields were read before.</summary>
    /// <param name="key">From <see cref="PacketKey.Read"/>.</param>
    public bool Matches(in PacketKey key) => _program.Matches(key);

    /// <summary>Whether a packet matches.</summary>
    /// <param name="packet">The packet from its IP header on; any bytes are valid. Not changed.</param>
    /// <param name="direction">Its direction.</param>
    public bool Matches(Span<byte> packet, Direction direction)
    {
        PacketKey.Read(packet, direction, out var key);
        return _program.Matches(key);
    }

    /// <summary>The canonical expression, which parses back to the same filter.</summary>
    public override string ToString() => _canonical;

    /// <inheritdoc/>
    public bool Equals(PacketFilter? other) => other is not null && _canonical == other._canonical;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PacketFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => _canonical.GetHashCode(StringComparison.Ordinal);
}
