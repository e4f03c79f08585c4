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
}

/// <summary>The verdict on a packet that no rule matches.</summary>
public enum FilterDefault
{
    /// <summary>The packet is dropped.</summary>
    Drop,

    /// <summary>The packet passes.</summary>
    Allow,
}
