using System.Text.Json.Nodes;

namespace Culvert.Tools.Views;

/// <summary>What went through a stage in one direction, and at which rate. Immutable.</summary>
internal sealed record TrafficView
{
    /// <summary>Packets that came to the stage.</summary>
    public double Packets { get; init; }

    /// <summary>The bytes of <see cref="Packets"/>.</summary>
    public double Bytes { get; init; }

    /// <summary>Packets that were dropped here: by the stage, by the host, or because the stage threw.</summary>
    public double Lost { get; init; }

    /// <summary>Packets that the stage took out to keep them.</summary>
    public double Taken { get; init; }

    /// <summary>Packets that passed by the stage.</summary>
    public double PassedBy { get; init; }

    /// <summary>The mean time of one packet in the stage, in nanoseconds; null before the first was timed.</summary>
    public double? Nanoseconds { get; init; }

    /// <summary><see cref="Packets"/> a second; null without an earlier view.</summary>
    public double? PacketsPerSecond { get; init; }

    /// <summary>Bits a second; null without an earlier view.</summary>
    public double? BitsPerSecond { get; init; }

    /// <summary><see cref="Lost"/> a second; null without an earlier view.</summary>
    public double? LostPerSecond { get; init; }

    /// <summary>Reads a direction of a stage.</summary>
    /// <param name="traffic">The key <c>outbound</c> or <c>inbound</c>.</param>
    /// <param name="before">The same earlier; null for no rates, or for a stage that is new.</param>
    /// <param name="seconds">How much earlier; null for no rates.</param>
    public static TrafficView Read(JsonNode traffic, TrafficView? before, double? seconds)
    {
        var now = new TrafficView
        {
            Packets = Quantity.Number(traffic["packets-in"]),
            Bytes = Quantity.Number(traffic["bytes-in"]),
            Lost = Quantity.Number(traffic["dropped"]) + Quantity.Number(traffic["faulted"]) + Quantity.Number(traffic["discarded"]),
            Taken = Quantity.Number(traffic["taken"]),
            PassedBy = Quantity.Number(traffic["passed-by"]),
            Nanoseconds = traffic["ns-per-packet"] is { } time ? Quantity.Number(time) : null,
        };
        return now with
        {
            PacketsPerSecond = Quantity.Rate(now.Packets, before?.Packets, seconds),
            BitsPerSecond = Quantity.Rate(now.Bytes, before?.Bytes, seconds) * 8,
            LostPerSecond = Quantity.Rate(now.Lost, before?.Lost, seconds),
        };
    }
}
