using Culvert.Options;

namespace Culvert.Engine.Configuration;

/// <summary><c>inspect:</c> in pipeline.yaml: sampled packets are compared around each stage.</summary>
internal sealed record InspectSettings
{
    [Option("Compares one packet of this many around each stage.", Min = 1, Max = 1_000_000_000, Example = "1000")]
    public required int Every { get; init; }
}
