using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Tools.Cases;

/// <summary>What a test expects to leave: of every packet the same, exactly these packets in order, or nothing. Immutable.</summary>
internal sealed class DepartureExpectation : IOptionValue<DepartureExpectation>
{
    private const string Nothing = "none";

    public static string Expected => "fields that every packet leaves with, for example {tcp.mss: 1400}; a list, an item for each packet that leaves; unchanged; or none";

    public static string JsonSchema => new JsonObject
    {
        ["oneOf"] = new JsonArray(
            new JsonObject { ["const"] = Nothing },
            JsonNode.Parse(PacketExpectation.JsonSchema),
            new JsonObject { ["type"] = "array", ["items"] = JsonNode.Parse(PacketExpectation.JsonSchema) }),
    }.ToJsonString();

    /// <summary>Where it is written.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>What is expected of every packet; null for a list.</summary>
    public PacketExpectation? Each { get; private init; }

    /// <summary>What is expected of the packets that leave, in order; null where it is the same of all.</summary>
    public IReadOnlyList<PacketExpectation>? Sequence { get; private init; }

    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out DepartureExpectation? value, out string? error)
    {
        error = null;
        value = null;
        var position = ((FileNode)node).Position;
        if (node.Scalar == Nothing)
        {
            value = new DepartureExpectation { Position = position, Sequence = [] };
        }
        else if (node.Items is { } items)
        {
            List<PacketExpectation> sequence = [];
            foreach (var item in items)
            {
                if (!PacketExpectation.TryRead(item, out var one, out error))
                {
                    error ??= $"an item of it is {item.Describe()}; write {PacketExpectation.Expected}";
                    return false;
                }

                sequence.Add(one);
            }

            value = new DepartureExpectation { Position = position, Sequence = sequence };
        }
        else if (PacketExpectation.TryRead(node, out var each, out error))
        {
            value = new DepartureExpectation { Position = position, Each = each };
        }

        return value is not null;
    }
}
