using System.Text.Json.Nodes;

namespace Culvert.Tools.Views;

/// <summary>A stage as it is shown. Immutable.</summary>
internal sealed record StageView
{
    /// <summary>The entry's id.</summary>
    public required string Id { get; init; }

    /// <summary>The stage's name.</summary>
    public required string Stage { get; init; }

    /// <summary>The largest packet at its place, in bytes; 0 where the status has none.</summary>
    public long Mtu { get; init; }

    /// <summary>The derivation of <see cref="Mtu"/>; empty where the status has none.</summary>
    public string Derivation { get; init; } = "";

    /// <summary>The kind of packets at its upper side.</summary>
    public string Above { get; init; } = "";

    /// <summary>The kind of packets at its lower side.</summary>
    public string Below { get; init; } = "";

    /// <summary>The bytes that it adds to a packet.</summary>
    public long Overhead { get; init; }

    /// <summary>The filter of the packets that go through it; null for all.</summary>
    public string? When { get; init; }

    /// <summary>What the status has of a candidate beside it; null for none.</summary>
    public JsonObject? Shadow { get; init; }

    /// <summary>Whether a fault took it out of the chain.</summary>
    public bool IsBypassed { get; init; }

    /// <summary>How often it threw.</summary>
    public long Faults { get; init; }

    /// <summary>The message of the latest fault that was logged; null for none.</summary>
    public string? LastFault { get; init; }

    /// <summary>When <see cref="LastFault"/> was thrown.</summary>
    public DateTimeOffset FaultedAt { get; init; }

    /// <summary>From the host to the network.</summary>
    public required TrafficView Outbound { get; init; }

    /// <summary>From the network to the host.</summary>
    public required TrafficView Inbound { get; init; }

    /// <summary>Packets that it has now: taken or rented.</summary>
    public double Held { get; init; }

    /// <summary>Packets that it rented to write.</summary>
    public double Rented { get; init; }

    /// <summary>What it counts, zeros included.</summary>
    public IReadOnlyList<CounterView> Counters { get; init; } = [];

    /// <summary>Its own details, peers included; null without any.</summary>
    public JsonObject? Details { get; init; }

    /// <summary>Its peers; null where it knows none.</summary>
    public PeersView? Peers { get; init; }

    /// <summary>Packets that it took to keep them, both directions.</summary>
    public double Taken => Outbound.Taken + Inbound.Taken;

    /// <summary>The reasons for which it has dropped packets, the most frequent first.</summary>
    public IEnumerable<CounterView> Drops => Counters.Where(counter => counter.IsDrop && counter.Value > 0).OrderByDescending(counter => counter.Value);

    /// <summary>Reads a stage of a status.</summary>
    /// <param name="stage">An item of <c>stages</c>.</param>
    /// <param name="before">The earlier view; null for no rates.</param>
    /// <param name="seconds">How much earlier.</param>
    public static StageView Read(JsonObject stage, PipelineView? before, double? seconds)
    {
        var id = stage["id"]!.ToString();
        var old = before?.Stages.FirstOrDefault(one => one.Id == id);
        var details = stage["details"] as JsonObject;
        var fault = stage["last-fault"] as JsonObject;
        return new StageView
        {
            Id = id,
            Stage = stage["stage"]?.ToString() ?? id,
            Mtu = (long)Quantity.Number(stage["mtu"]),
            Derivation = stage["mtu-derivation"]?.ToString() ?? "",
            Above = stage["above"]?.ToString() ?? "",
            Below = stage["below"]?.ToString() ?? "",
            Overhead = (long)Quantity.Number(stage["overhead"]),
            When = stage["when"]?.ToString(),
            Shadow = stage["shadow"] as JsonObject,
            IsBypassed = (bool)stage["bypassed"]!,
            Faults = (long)Quantity.Number(stage["faults"]),
            LastFault = fault?["message"]?.ToString(),
            FaultedAt = Quantity.Instant(fault?["time"]) ?? default,
            Outbound = TrafficView.Read(stage["outbound"]!, old?.Outbound, seconds),
            Inbound = TrafficView.Read(stage["inbound"]!, old?.Inbound, seconds),
            Held = Quantity.Number(stage["held"]),
            Rented = Quantity.Number(stage["rented"]),
            Counters = [.. stage["counters"]!.AsArray().Select(counter => CounterView.Read(counter!.AsObject(), old, seconds))],
            Details = details,
            Peers = details?["peers"] is JsonArray { Count: > 0 } peers ? PeersView.Read(peers, old?.Peers, seconds) : null,
        };
    }
}
