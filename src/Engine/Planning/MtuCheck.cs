using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Planning;

/// <summary>
/// Says what an MTU plan cannot carry. IPv4 hosts must accept 576 bytes (RFC 791 section 3.1) and senders count on it; an IPv6 link
/// must carry 1280 (RFC 8200 section 5). Pure.
/// </summary>
public static class MtuCheck
{
    /// <summary>The smallest MTU of a pipeline.</summary>
    public const int MinIpv4 = 576;

    /// <summary>The smallest MTU of a pipeline that carries IPv6.</summary>
    public const int MinIpv6 = 1280;

    /// <summary>Checks the plan of stages whose order was found valid.</summary>
    public static IReadOnlyList<Diagnostic> Check(IReadOnlyList<PlacedShape> stages, MtuPlan plan)
    {
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentNullException.ThrowIfNull(plan);
        var host = stages[0];
        var network = stages[^1];
        var inner = plan.Inner;
        var asked = host.Shape.Host?.Mtu;
        var byHost = asked is { } own && own == inner && own < plan.Below[^1];
        var cause = byHost
            ? $"'{host.Id}' asks for an MTU of {inner}"
            : $"a path MTU of {plan.Below[^1]} leaves {inner} bytes for packets after {Overheads(stages)} bytes of headers";
        var remedy = byHost ? $"give '{host.Id}' a larger mtu, or mtu: auto" : $"give '{network.Id}' (line {network.Position.Line}) a larger path MTU";
        var place = byHost ? host.Position : network.Position;

        var min = Math.Max(MinIpv4, host.Shape.Host?.MinMtu ?? 0);
        if (inner < min)
        {
            var what = min == MinIpv4 ? "IPv4 needs" : min == MinIpv6 ? "IPv6 needs" : $"'{host.Id}' needs";
            return [new(DiagnosticCodes.MtuTooSmall, place, $"{cause}, but {what} {min}", remedy)];
        }

        List<Diagnostic> warnings = [];
        if (inner < MinIpv6)
        {
            warnings.Add(new(DiagnosticCodes.MtuTooSmallForIpv6, place, $"{cause}: no IPv6 packet can pass, which needs {MinIpv6}", remedy));
        }

        if (asked > inner)
        {
            warnings.Add(new(
                DiagnosticCodes.MtuAbovePlan, host.Position,
                $"'{host.Id}' asks for an MTU of {asked}, but the path leaves {inner}; {inner} is used",
                $"write mtu: auto, or give '{network.Id}' (line {network.Position.Line}) the path MTU that its network really has"));
        }

        return warnings;
    }

    private static int Overheads(IReadOnlyList<PlacedShape> stages) => stages.Sum(stage => stage.Shape.Overhead);
}
