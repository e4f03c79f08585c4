using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Filtering;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Tools.Replay;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Tools.Cases;

/// <summary>What a test expects of one packet that leaves or that a stage makes: fields, checksums, a filter that matches. Immutable.</summary>
internal sealed class PacketExpectation : IOptionValue<PacketExpectation>
{
    private const string Unchanged = "unchanged";
    private const string Checksums = "checksums";
    private const string Matches = "matches";
    private const string By = "by";
    private const string Way = "direction";

    private readonly List<(SourcePosition Position, PacketField Field, string Value)> _fields = [];
    private readonly Dictionary<string, SourcePosition> _places = [];
    private PacketFilter? _filter;
    private bool? _unchanged;
    private bool? _valid;
    private string? _by;
    private Direction? _direction;

    private PacketExpectation(SourcePosition position) => Position = position;

    public static string Expected => "a mapping of fields, for example {tcp.mss: 1400, checksums: valid}; or unchanged";

    public static string JsonSchema => Schema().ToJsonString();

    /// <summary>Where it is written.</summary>
    public SourcePosition Position { get; }

    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out PacketExpectation? value, out string? error)
    {
        error = null;
        var read = new PacketExpectation(((FileNode)node).Position);
        value = null;
        if (node.Scalar == Unchanged)
        {
            read._unchanged = true;
            read._places[Unchanged] = read.Position;
        }
        else if (node.Entries is not { Count: > 0 } || !read.TryRead("", node, out error))
        {
            return false;
        }

        value = read;
        return true;
    }

    /// <summary>Compares a packet.</summary>
    /// <param name="before">The packet as it came in; null for one that a stage made.</param>
    /// <param name="packet">The packet as it left.</param>
    /// <param name="direction">Which way it went.</param>
    /// <param name="maker">The id of the stage that made it; null for one that came in.</param>
    public IEnumerable<(SourcePosition Position, string Message)> Judge(byte[]? before, byte[] packet, Direction direction, string? maker)
    {
        if (_unchanged is { } unchanged && before is not null && unchanged != before.AsSpan().SequenceEqual(packet))
        {
            var changes = FieldChanges.Compare(before, packet);
            yield return (_places[Unchanged], unchanged ? $"expected the packet unchanged, found {changes}" : "expected a change, found none");
        }

        if (_direction is { } way && way != direction)
        {
            yield return (_places[Way], $"direction: expected {Word(way)}, found {Word(direction)}");
        }

        if (_by is not null && _by != maker)
        {
            yield return (_places[By], $"by: expected {_by}, found {maker ?? "a packet that came in"}");
        }

        var fields = PacketFields.Read(packet);
        foreach (var (position, field, expected) in _fields)
        {
            var found = field.Read(fields, packet) ?? FieldChanges.Absent;
            if (found != expected)
            {
                yield return (position, $"{field.Name}: expected {expected}, found {found}");
            }
        }

        if (_valid is { } valid && valid != !StoryWords.Judge(packet).Any(judged => judged.Verdict == ChecksumVerdict.Bad))
        {
            yield return (_places[Checksums], $"checksums: expected {(valid ? "valid" : "invalid")}, found {string.Join(", ", StoryWords.Judge(packet).Select(judged => $"{judged.Name} {judged.Words}"))}");
        }

        if (_filter is { } filter && !filter.Matches(packet, direction))
        {
            yield return (_places[Matches], $"matches: '{filter}' does not match {PacketText.Summarize(packet)}");
        }
    }

    private static string Word(Direction direction) => direction == Direction.Outbound ? "outbound" : "inbound";

    private bool TryRead(string prefix, OptionNode mapping, out string? error)
    {
        error = null;
        foreach (var (key, value) in mapping.Entries!)
        {
            var name = prefix + key;
            _places[name] = ((FileNode)value).Position;
            error = value.Entries is not null ? TryRead(name + ".", value, out var inner) ? null : inner
                : value.Scalar is { } text ? Set(name, text)
                : $"'{name}' has no single value; write {name}: VALUE";
            if (error is not null)
            {
                return false;
            }
        }

        return true;
    }

    private string? Set(string name, string text)
    {
        switch (name)
        {
            case Unchanged when text is "true" or "false":
                _unchanged = text == "true";
                return null;
            case Checksums when text is "valid" or "invalid":
                _valid = text == "valid";
                return null;
            case Way when text is "outbound" or "inbound":
                _direction = text == "outbound" ? Direction.Outbound : Direction.Inbound;
                return null;
            case By:
                _by = text;
                return null;
            case Matches:
                return PacketFilter.TryParse(text, out _filter, out var wrong) ? null : $"'{name}': {wrong}";
            case Unchanged:
                return $"'{name}' is '{text}'; write true or false";
            case Checksums:
                return $"'{name}' is '{text}'; write valid or invalid";
            case Way:
                return $"'{name}' is '{text}'; write outbound or inbound";
        }

        if (PacketField.Find(name) is not { } field)
        {
            return $"unknown field '{name}'; {Suggestion.Remedy(name, [.. PacketField.All.Select(known => known.Name), Checksums, Unchanged, Matches, By, Way], "the fields are")}";
        }

        if ((text == FieldChanges.Absent ? text : field.Normalize(text)) is not { } normal)
        {
            return $"'{name}' is '{text}'; write {field.Expected}, or none";
        }

        _fields.Add((_places[name], field, normal));
        return null;
    }

    private static JsonObject Schema()
    {
        var properties = new JsonObject
        {
            [Unchanged] = new JsonObject { ["type"] = "boolean" },
            [Checksums] = new JsonObject { ["enum"] = new JsonArray("valid", "invalid") },
            [Matches] = JsonNode.Parse(PacketFilter.JsonSchema),
            [By] = new JsonObject { ["type"] = "string" },
            [Way] = new JsonObject { ["enum"] = new JsonArray("outbound", "inbound") },
        };
        foreach (var field in PacketField.All)
        {
            properties[field.Name] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean"), ["description"] = field.Expected };
        }

        foreach (var group in PacketField.All.Where(field => field.Name.Contains('.', StringComparison.Ordinal)).GroupBy(field => field.Name.Split('.')[0]))
        {
            var inner = group.Select(field => KeyValuePair.Create(field.Name[(group.Key.Length + 1)..], properties[field.Name]?.DeepClone()));
            properties[group.Key] = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject(inner) };
        }

        var mapping = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        return new JsonObject { ["oneOf"] = new JsonArray(new JsonObject { ["const"] = Unchanged }, mapping) };
    }
}
