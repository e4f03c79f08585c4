using Culvert.Options;

namespace Echo;

/// <summary>The keys of <c>stage: echo</c>.</summary>
public sealed record EchoOptions
{
    [Option("The path MTU that the plan starts from, in bytes.", Min = 576, Max = 65535)]
    public int PathMtu { get; init; } = 1500;
}
