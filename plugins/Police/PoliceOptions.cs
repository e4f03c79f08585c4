using Culvert.Options;

namespace Culvert.Plugins.Police;

/// <summary>The options of the policer in pipeline.yaml.</summary>
public sealed record PoliceOptions
{
    /// <summary>The rate.</summary>
    [Option("The rate in bits a second (20Mbit; also kbit, Gbit and bit) or packets a second (5kpps; also pps and Mpps), of IP packets.", Example = "20Mbit")]
    public required PoliceRate Rate { get; init; }

    /// <summary>What may pass at once.</summary>
    [Option(
        "What may pass at once, as a time at the rate (50ms) or a size (128KiB).",
        Default = "100ms, and at least 192KiB so that TCP works with packets that arrive 64 KiB at a time",
        Example = "50ms")]
    public PoliceBurst Burst { get; init; } = PoliceBurst.Auto;

    /// <summary>Which packets share a rate.</summary>
    [Option("Which packets share the rate: all, source/N or destination/N, where N is the length of the prefix.", Default = "all", Example = "destination/32")]
    public PoliceScope Per { get; init; } = PoliceScope.All;

    /// <summary>What to do with packets above the rate.</summary>
    [Option("What to do with packets above the rate: drop, or {mark: DSCP}.", Default = "drop", Example = "{mark: 8}")]
    public ExceedAction Exceed { get; init; } = ExceedAction.Drop;

    /// <summary>Which packets are policed.</summary>
    [Option("Which way packets must go to be policed: both (each with the whole rate), outbound or inbound.")]
    public PoliceDirection Direction { get; init; } = PoliceDirection.Both;
}

/// <summary>Which way packets must go to be policed, seen from the host.</summary>
public enum PoliceDirection
{
    /// <summary>Both ways, each with a rate of its own.</summary>
    Both,

    /// <summary>From the host's side to the network's side.</summary>
    Outbound,

    /// <summary>From the network's side to the host's side.</summary>
    Inbound,
}
