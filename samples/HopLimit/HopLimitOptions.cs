using Culvert.Options;

namespace HopLimit;

/// <summary>The keys of <c>stage: hop-limit</c>.</summary>
public sealed record HopLimitOptions
{
    [Option("The number of hops that is written: the IPv4 Time to Live, the IPv6 Hop Limit.", Min = 1, Max = 255, Example = "64")]
    public required int Hops { get; init; }

    [Option("Only TCP and UDP packets from or to these ports are changed; none: every packet is.", Example = "[179]", Min = 1, Max = 65535)]
    public IReadOnlyList<int> Ports { get; init; } = [];
}
