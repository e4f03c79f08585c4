using Culvert.Filtering;
using Culvert.Options;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>One entry of <c>rules</c>: exactly one of the three verdicts.</summary>
public sealed record RuleOptions
{
    /// <summary>The packets that pass.</summary>
    [Option("Let packets pass that match this filter expression.", Default = "none", Example = "outbound and tcp dst port 443")]
    public PacketFilter? Allow { get; init; }

    /// <summary>The packets that are dropped without an answer.</summary>
    [Option("Drop packets that match this filter expression, without an answer.", Default = "none", Example = "udp port 137")]
    public PacketFilter? Drop { get; init; }

    /// <summary>The packets that are dropped and answered.</summary>
    [Option(
        "Drop packets that match this filter expression, and answer with a TCP reset or an ICMP error (administratively prohibited).",
        Default = "none",
        Example = "tcp port 25")]
    public PacketFilter? Reject { get; init; }

    /// <summary>The rule's name in counters.</summary>
    [Option("The name in counters.", Default = "the rule's position, from 1", Example = "web")]
    public string? Name { get; init; }
}
