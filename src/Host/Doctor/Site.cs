using System.Text.Json.Nodes;
using Culvert.Host.Doctor.Machines;
using Culvert.Tools.Views;

namespace Culvert.Host.Doctor;

/// <summary>What checks look at. A check finds nothing where what it needs is missing.</summary>
internal sealed class Site
{
    /// <summary>The file's path.</summary>
    public string Path { get; init; } = "";

    /// <summary>What the file says; null when it cannot be read.</summary>
    public SiteFile? File { get; init; }

    /// <summary>The status of the running pipeline; null when none runs.</summary>
    public JsonObject? Status { get; init; }

    /// <summary>The machine.</summary>
    public Machine Machine { get; init; } = new();

    /// <summary>The stages of the running pipeline.</summary>
    public IEnumerable<JsonObject> Stages => (Status?["stages"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The peers of a stage.</summary>
    public IEnumerable<JsonObject> PeersOf(JsonObject stage) =>
        ((stage["details"] as JsonObject)?["peers"] as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>All counters of the running pipeline with their stages.</summary>
    public IEnumerable<(JsonObject Stage, JsonObject Counter)> Counters => Stages
        .SelectMany(stage => (stage["counters"] as JsonArray ?? []).OfType<JsonObject>().Select(counter => (stage, counter)));

    /// <summary>The sum of the counters of one name.</summary>
    public double Counter(string name) => Counters.Where(one => (string?)one.Counter["name"] == name).Sum(one => Quantity.Number(one.Counter["value"]));
}
