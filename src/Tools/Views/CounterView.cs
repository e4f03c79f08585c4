using System.Text.Json.Nodes;

namespace Culvert.Tools.Views;

/// <summary>A counter of a stage as it is shown. Immutable.</summary>
internal sealed record CounterView
{
    /// <summary>The name with the values of the tags: <c>handshakes-rejected (mac1)</c>.</summary>
    public required string Label { get; init; }

    /// <summary>The count.</summary>
    public required double Value { get; init; }

    /// <summary>The count a second; null without an earlier view.</summary>
    public double? PerSecond { get; init; }

    /// <summary>What is counted, in the plural.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether it counts a reason for drops.</summary>
    public bool IsDrop { get; init; }

    /// <summary>Whether it counts what was refused or failed: its sentence belongs beside it.</summary>
    public bool IsTrouble { get; init; }

    /// <summary>A sentence.</summary>
    public string Description { get; init; } = "";

    /// <summary>One of the last packets that were dropped, in words; null for none.</summary>
    public string? LastPacket { get; init; }

    /// <summary>Reads a counter of a status.</summary>
    /// <param name="counter">An item of <c>counters</c>.</param>
    /// <param name="before">The stage earlier; null for no rates, or for a stage that is new.</param>
    /// <param name="seconds">How much earlier; null for no rates.</param>
    public static CounterView Read(JsonObject counter, StageView? before = null, double? seconds = null)
    {
        var label = Name(counter);
        var value = Quantity.Number(counter["value"]);
        return new CounterView
        {
            Label = label,
            Value = value,
            PerSecond = seconds is null ? null : Quantity.Rate(value, before?.Counters.FirstOrDefault(one => one.Label == label)?.Value, seconds),
            Unit = counter["unit"]?.ToString(),
            IsDrop = (bool)counter["drop"]!,
            IsTrouble = counter["unit"]?.ToString() == "errors" || (counter["tags"] as JsonObject)?.ContainsKey("reason") == true,
            Description = counter["description"]?.ToString() ?? "",
            LastPacket = (counter["last"] as JsonObject)?["packet"]?.ToString(),
        };
    }

    /// <summary>The name of a counter in a status, with the values of its tags.</summary>
    public static string Name(JsonObject counter)
    {
        var tags = counter["tags"]!.AsObject();
        return tags.Count == 0
            ? counter["name"]!.ToString()
            : $"{counter["name"]} ({string.Join(", ", tags.Select(tag => tag.Value!.ToString()))})";
    }
}
