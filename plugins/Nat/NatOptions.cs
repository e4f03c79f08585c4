using System.Net;
using Culvert.Options;

namespace Culvert.Plugins.Nat;

/// <summary>The options of the translator in pipeline.yaml: exactly one of <see cref="Map"/> and <see cref="Masquerade"/>.</summary>
public sealed record NatOptions
{
    /// <summary>The prefixes that are mapped one to one.</summary>
    [Option(
        "The prefixes of this side, each with the prefix of the same length that the other sites see instead.",
        Default = "none",
        Example = "{10.80.0.0/16: 10.180.0.0/16}")]
    public NatMap? Map { get; init; }

    /// <summary>The address that this side's hosts share.</summary>
    [Option("The address that all hosts of this side share, with translated ports. Instead of map.", Default = "none", Example = "10.99.0.1")]
    public IPAddress? Masquerade { get; init; }

    /// <summary>The size of the table of mappings.</summary>
    [Option(
        "How many mappings masquerade knows at once, rounded up to a multiple of 16. Each takes about 60 bytes.", Min = 16, Max = 196_608)]
    public int Mappings { get; init; } = 65_536;
}
