using Culvert.Options;

namespace HelloSpace;

/// <summary>The keys of <c>stage: hello-stage-name</c> in pipeline.yaml, one property each: MinLength is min-length.</summary>
public sealed record HelloClassOptions
{
    [Option("Drop packets shorter than this, in bytes.", Min = 0, Max = 65535)]
    public int MinLength { get; init; } = 20;
}
