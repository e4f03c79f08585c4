using System.Net.Sockets;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>Finds places for the two rules of a default route, and the rules that a killed run left. Not thread-safe.</summary>
internal static class PolicyRules
{
    /// <summary>Removes rules of the same mark that a killed run of this program left.</summary>
    /// <param name="socket">The conversation with the kernel.</param>
    /// <param name="rules">The rules to be set; the mark's table has no other default route.</param>
    public static void RemoveLeftovers(RtnetlinkSocket socket, DefaultRouteRules rules)
    {
        var present = List(socket, rules.Family);
        foreach (var left in present.Where(rule => rule.IsOurs && rule.NotMark == rules.Mark && rule.Table == rules.Mark))
        {
            socket.Request(RuleRequests.RemoveNotMark(rules, left.Priority));
            if (present.Exists(rule => rule.IsOurs && rule.NotMark is null && rule.Priority == left.Priority - 1))
            {
                socket.Request(RuleRequests.RemoveMainWithoutDefault(rules.Family, left.Priority - 1));
            }
        }
    }

    /// <summary>
    /// The priority for the second rule; the first one goes right before it. Where the kernel itself would put a new rule: before all but
    /// the one of the local table.
    /// </summary>
    /// <exception cref="NetlinkException">No priority is free before the first rule.</exception>
    public static uint FindPriority(RtnetlinkSocket socket, AddressFamily family)
    {
        const uint rules = 2;
        var first = List(socket, family).Where(rule => rule.Priority > 0).Select(rule => rule.Priority).DefaultIfEmpty(uint.MaxValue).Min();
        return first > rules ? first - 1 : throw new NetlinkException(Interop.Errno.EEXIST, $"no priority is free before {first}");
    }

    private static List<PolicyRule> List(RtnetlinkSocket socket, AddressFamily family) =>
        socket.List<PolicyRule>(RuleRequests.List(family), PolicyRule.TryRead);
}
