using System.Text.RegularExpressions;
using Culvert.Engine.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Culvert.Engine.Configuration;

/// <summary>
/// Reads YAML into <see cref="FileNode"/>s, with every place kept. It works on the parser's events and not on the library's node model,
/// which throws at the first duplicate key; here each is reported and the first one counts.
/// </summary>
internal sealed partial class YamlReader
{
    private const int DeepestNesting = 64;

    // An alias is a few bytes that stand for as many values as its anchor has, aliases in it included.
    private const int MaxAliasedValues = 250_000;

    private readonly FileOrigin _origin;
    private readonly string _text;
    private readonly DiagnosticBag _diagnostics;
    private readonly string _emptyRemedy;
    private readonly Parser _parser;
    private readonly Dictionary<string, FileNode> _anchors = new(StringComparer.Ordinal);
    private int _depth;
    private long _aliasedValues;

    private YamlReader(string text, FileOrigin origin, DiagnosticBag diagnostics, string emptyRemedy)
    {
        _emptyRemedy = emptyRemedy;
        _text = text;
        _origin = origin;
        _diagnostics = diagnostics;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads a file's text.</summary>
    /// <returns>The root; null when it is empty or not YAML, which was then reported.</returns>
    public static FileNode? Read(
        string text, FileOrigin origin, DiagnosticBag diagnostics, string emptyRemedy = "list the stages under 'stages:', for instance tun, plaintext, udp")
    {
        var reader = new YamlReader(text, origin, diagnostics, emptyRemedy);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException exception)
        {
            reader.ReportSyntax(exception.Start, exception.Message);
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The parser's own bugs: some broken texts make its scanner trip over itself.
            reader.ReportSyntax(reader._parser.Current?.End ?? Mark.Empty, "a bracket or a quote is not closed, or a comma is missing");
            return null;
        }
    }

    private FileNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            ReportEmpty();
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode();
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            _diagnostics.Add(
                DiagnosticCodes.ManyDocuments, At(second.Start), "a second document begins here", "keep one pipeline a file; remove the '---'");
        }

        if (root.IsNull)
        {
            ReportEmpty();
            return null;
        }

        return root;
    }

    private FileNode ReadNode()
    {
        if (++_depth > DeepestNesting)
        {
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, $"Nested deeper than {DeepestNesting} levels.");
        }

        var node = ReadKind();
        _depth--;
        return node;
    }

    private FileNode ReadKind()
    {
        RefuseTag();
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Follow(alias);
        }

        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            var isNull = scalar.IsPlainImplicit && scalar.Value is "" or "null" or "~" && scalar.Style == ScalarStyle.Plain;
            return Keep(scalar, EnvironmentText.IsIn(scalar.Value)
                ? Expand(scalar)
                : FileNode.OfScalar(_origin, Line(scalar), Column(scalar), scalar.Value, isNull));
        }

        if (_parser.TryConsume<SequenceStart>(out var list))
        {
            List<FileNode> items = [];
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode());
            }

            return Keep(list, FileNode.OfList(_origin, Line(list), Column(list), items));
        }

        var mapping = _parser.Consume<MappingStart>();
        return Keep(mapping, FileNode.OfMapping(_origin, Line(mapping), Column(mapping), ReadEntries()));
    }

    private FileNode Follow(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var known))
        {
            throw new YamlException(alias.Start, alias.End, $"The alias *{alias.Value} has no anchor &{alias.Value} above it.");
        }

        _aliasedValues += known.Size;
        return _aliasedValues <= MaxAliasedValues
            ? known
            : throw new YamlException(alias.Start, alias.End, $"The aliases up to *{alias.Value} stand for more than {MaxAliasedValues} values.");
    }

    // A tag changes what a value means ('!!binary'), and would be left aside otherwise.
    private void RefuseTag()
    {
        if (_parser.Current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag } node)
        {
            _diagnostics.Add(DiagnosticCodes.UnsupportedYaml, At(node.Start), $"tag '{tag}' is not supported", "remove the tag, and put text in quotes");
        }
    }

    private FileNode Expand(Scalar scalar)
    {
        if (EnvironmentText.TryExpand(scalar.Value, out var expanded, out var problem))
        {
            return FileNode.OfVariable(_origin, Line(scalar), Column(scalar), expanded);
        }

        _diagnostics.Add(DiagnosticCodes.UnsetVariable, At(scalar.Start), problem.Message, problem.Remedy);
        return FileNode.OfVariable(_origin, Line(scalar), Column(scalar), null);
    }

    private List<FileEntry> ReadEntries()
    {
        List<FileEntry> entries = [];
        Dictionary<string, FileEntry> known = new(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                var found = _parser.Current!;
                throw new YamlException(found.Start, found.End, "A key is a plain word, not a list or a mapping.");
            }

            var position = At(key.Start);
            var value = ReadNode();
            var entry = new FileEntry(key.Value, position, value);
            if (!known.TryAdd(key.Value, entry))
            {
                _diagnostics.Add(
                    DiagnosticCodes.DuplicateKey, position, $"'{key.Value}' is given twice, first in line {known[key.Value].Position.Line}",
                    "remove one of the two");
                continue;
            }

            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                _diagnostics.Add(
                    DiagnosticCodes.UnsupportedYaml, position, "merge key '<<' is not supported", "repeat the keys; an alias stands for a whole value");
                continue;
            }

            entries.Add(entry);
        }

        return entries;
    }

    private FileNode Keep(NodeEvent source, FileNode node)
    {
        if (!source.Anchor.IsEmpty)
        {
            _anchors[source.Anchor.Value] = node;
        }

        return node;
    }

    private void ReportEmpty() =>
        _diagnostics.Add(
            DiagnosticCodes.FileEmpty, new SourcePosition(_origin.DisplayPath), "the file is empty", _emptyRemedy);

    private void ReportSyntax(Mark mark, string said)
    {
        var position = At(mark);
        if (FindTab(position.Line, said) is { } tab)
        {
            _diagnostics.Add(
                DiagnosticCodes.Tab, tab, "a tab in the indentation, which YAML does not allow", "indent with spaces");
            return;
        }

        said = said.TrimEnd('.');
        var reason = said.Length == 0 ? "something unexpected" : char.ToLowerInvariant(said[0]) + said[1..];
        _diagnostics.Add(
            DiagnosticCodes.NotYaml, position, $"this is not YAML: {reason}", NotYamlRemedy(position.Line));
    }

    private string NotYamlRemedy(int near)
    {
        var lines = _text.Split('\n');
        if (lines.Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && line[0] is not ('#' or ';')) is "[Interface]" or "[Peer]")
        {
            return "this is a wg-quick file: write 'culvert import FILE > pipeline.yaml'";
        }

        // The parser reads [2001:db8::7]:51820 as a list, and complains behind it.
        return near >= 1 && near <= lines.Length && BareIpv6().Match(lines[near - 1]) is { Success: true } bare
            ? $"put an IPv6 address with a port in quotes: \"{bare.Groups[1].Value}\""
            : "look at the indentation, quotes and brackets of this line and the one above";
    }

    [GeneratedRegex("""[:\-,\[{]\s*(\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]:[0-9]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex BareIpv6();

    // The parser complains where the tab hurts: somewhere near it, or at the start of what it breaks.
    private SourcePosition? FindTab(int near, string said)
    {
        var lines = _text.Split('\n');
        var last = said.Contains("tab", StringComparison.OrdinalIgnoreCase) ? lines.Length : near + 1;
        for (var number = Math.Max(1, near - 1); number <= Math.Min(last, lines.Length); number++)
        {
            var line = lines[number - 1];
            var indentation = line.Length - line.TrimStart(' ', '\t').Length;
            var tab = line.AsSpan(0, indentation).IndexOf('\t');
            if (tab >= 0)
            {
                return new SourcePosition(_origin.DisplayPath, number, tab + 1);
            }
        }

        return null;
    }

    private SourcePosition At(Mark mark) => new(_origin.DisplayPath, (int)mark.Line, (int)mark.Column);

    private static int Line(ParsingEvent source) => (int)source.Start.Line;

    private static int Column(ParsingEvent source) => (int)source.Start.Column;
}
