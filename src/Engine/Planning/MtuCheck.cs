using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Planning;

/// <summary>
/// Checks what an MTU plan can carry. IPv4 hosts must accept 576 bytes (RFC 791 section 3.1) and senders rely on it; an IPv6 link
/// must carry 1280 (RFC 8200 section 5). Pure.
/// </summary>
internal static class MtuCheck
{
    /// <summary>The smallest MTU of a pipeline.</summary>
    public const int MinIpv4 = 576;

    /// <summary>The smallest MTU of a pipeline that carries IPv6.</summary>
    public const int MinIpv6 = 1280;

    /// <summary>Checks the plan of stages in a valid order.</summary>
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
        var remedy = byHost ? $"write mtu: auto, or a larger mtu, at '{host.Id}'" : $"raise path-mtu of '{network.Id}' (line {network.Position.Line})";
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
            warnings.Add(new(DiagnosticCodes.MtuTooSmallForIpv6, place, $"{cause}, but IPv6 needs {MinIpv6}: no IPv6 packet can pass", remedy));
        }

        if (asked > inner)
        {
            warnings.Add(new(
                DiagnosticCodes.MtuAbovePlan, host.Position,
                $"'{host.Id}' asks for an MTU of {asked}, but the path leaves {inner}; {inner} is used",
                $"write mtu: auto, or set path-mtu of '{network.Id}' (line {network.Position.Line}) to what its network carries"));
        }

        return warnings;
    }

    private static int Overheads(IReadOnlyList<PlacedShape> stages) => stages.Sum(stage => stage.Shape.Overhead);
}
