using Culvert.Endpoints;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The routes into a device, and the policy rules that a default route needs. Pure.</summary>
/// <param name="Routes">The routes.</param>
/// <param name="Rules">The rules, to be set after the routes.</param>
internal sealed record DeviceRouting(IReadOnlyList<DeviceRoute> Routes, IReadOnlyList<DefaultRouteRules> Rules)
{
    /// <summary>Finds them.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="plan">Where the prefixes of <c>routes: auto</c> and the mark of the tunnel's socket are.</param>
    public static DeviceRouting Of(TunOptions options, StagePlan plan)
    {
        var mark = options.Table.Number is null ? plan.Network.FirewallMark : null;
        var prefixes = TunRules.RoutesOf(options, plan);
        return new DeviceRouting(
            [.. prefixes.Select(prefix => new DeviceRoute(
                prefix, prefix.PrefixLength == 0 && mark is { } own ? own : options.Table.Number ?? RouteTable.Main))],
            mark is { } number
                ? [.. prefixes.Where(prefix => prefix.PrefixLength == 0).Select(prefix => new DefaultRouteRules(prefix.BaseAddress.AddressFamily, number))]
                : []);
    }
}
