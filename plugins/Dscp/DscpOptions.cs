using Culvert.Filtering;
using Culvert.Options;

namespace Culvert.Plugins.Dscp;

/// <summary>The options of the marker in pipeline.yaml: exactly one of <see cref="Set"/> and <see cref="Clear"/>.</summary>
public sealed record DscpOptions
{
    /// <summary>The DSCP to write.</summary>
    [Option("The DSCP to write into packets, 0 to 63: 46 is EF, 8 is CS1.", Default = "none", Min = 0, Max = 63, Example = "46")]
    public int? Set { get; init; }

    /// <summary>Whether to write DSCP 0.</summary>
    [Option("Whether to write DSCP 0, best effort. Instead of set.")]
    public bool Clear { get; init; }

    /// <summary>The packets that are marked.</summary>
    [Option("A filter expression: only packets that match are marked.", Default = "all packets", Example = "udp port 5060")]
    public PacketFilter Match { get; init; } = PacketFilter.Everything;
}
