using Culvert.Filtering;
using Culvert.Options;

namespace Culvert.Plugins.Dscp;

/// <summary>The options of the marker in pipeline.yaml: exactly one of <see cref="Set"/>, <see cref="Clear"/> and <see cref="Copy"/>.</summary>
public sealed record DscpOptions
{
    /// <summary>The DSCP to write.</summary>
    [Option("The DSCP to write into packets, 0 to 63: 46 is EF, 8 is CS1.", Default = "none", Min = 0, Max = 63, Example = "46")]
    public int? Set { get; init; }

    /// <summary>Whether to write DSCP 0.</summary>
    [Option("Whether to write DSCP 0, best effort. Instead of set.")]
    public bool Clear { get; init; }

    /// <summary>The direction whose DSCP is copied.</summary>
    [Option(
        "Give packets the DSCP that packets of the same flow have in the other direction, which is outbound or inbound. Instead of set.",
        Default = "none",
        Example = "outbound")]
    public DscpSource? Copy { get; init; }

    /// <summary>The packets that are marked.</summary>
    [Option("A filter expression: only packets that match are marked.", Default = "all packets", Example = "udp port 5060")]
    public PacketFilter Match { get; init; } = PacketFilter.Everything;
}

/// <summary>The direction whose DSCP is copied.</summary>
public enum DscpSource
{
    /// <summary>Packets that come inbound get the DSCP of their flow's outbound packets.</summary>
    Outbound,

    /// <summary>Packets that go outbound get the DSCP of their flow's inbound packets.</summary>
    Inbound,
}
