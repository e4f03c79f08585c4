using Culvert.Options;

namespace SiteTag;

/// <summary>The keys of <c>stage: site-tag</c>.</summary>
public sealed record SiteTagOptions
{
    [Option("The number in front of each datagram, the same at both sites.", Min = 0, Max = 65535, Example = "7")]
    public required int Tag { get; init; }
}
