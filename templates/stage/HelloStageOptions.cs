using Culvert.Options;

namespace HelloStage;

/// <summary>The keys of <c>stage: hello-stage-name</c> in pipeline.yaml: one property each, PathMtu is path-mtu.</summary>
public sealed record HelloStageOptions
{
    [Option("Packets shorter than this are dropped, in bytes.", Min = 0, Max = 65535)]
    public int LeastLength { get; init; } = 20;
}
