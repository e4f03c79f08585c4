using Culvert.Options;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>The options of the filter in pipeline.yaml.</summary>
public sealed record FilterOptions
{
    /// <summary>The rules, of which the first that matches decides.</summary>
    [Option(
        "The rules in order: allow, drop or reject with a filter expression, and optionally a name. The first that matches decides.",
        Example = "[{allow: icmp}, {allow: outbound and tcp dst port 443, name: web}, {reject: tcp port 25}]")]
    public IReadOnlyList<RuleOptions> Rules { get; init; } = [];

    /// <summary>The verdict on a packet that no rule matches.</summary>
    [Option("What to do with a packet that no rule matches: drop or allow.")]
    public FilterDefault Default { get; init; } = FilterDefault.Drop;

    /// <summary>Whether what belongs to an allowed flow passes in both directions.</summary>
    [Option("Whether packets that belong to an allowed flow pass in both directions, whatever the rules say of them.")]
    public bool Stateful { get; init; } = true;

    /// <summary>The size of the flow table.</summary>
    [Option("How many flows are known at once, rounded up to a multiple of 16. Each takes about 130 bytes.", Min = 16, Max = 16_777_216)]
    public int Flows { get; init; } = 65_536;
}

/// <summary>The verdict on a packet that no rule matches.</summary>
public enum FilterDefault
{
    /// <summary>The packet is dropped.</summary>
    Drop,

    /// <summary>The packet passes.</summary>
    Allow,
}
