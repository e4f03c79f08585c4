using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>A rule of the routing policy (ip-rule(8)), as far as the device's own rules have it.</summary>
/// <param name="Priority">Its place: the smallest is asked first.</param>
/// <param name="Table">The table that it leads to.</param>
/// <param name="NotMark">The mark whose packets it does not apply to; null where it applies to all.</param>
/// <param name="IsOurs">Whether this program set it.</param>
internal readonly record struct PolicyRule(uint Priority, uint Table, uint? NotMark, bool IsOurs)
{
    /// <summary>Reads the payload of <c>RTM_NEWRULE</c>; false when it is cut short.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out PolicyRule rule)
    {
        rule = default;
        if (!MemoryMarshal.TryRead<FibRules.RuleBody>(payload, out var body))
        {
            return false;
        }

        var attributes = payload[Marshal.SizeOf<FibRules.RuleBody>()..];
        var protocol = NetlinkAttributes.Find(attributes, FibRules.FRA_PROTOCOL);
        rule = new PolicyRule(
            NetlinkAttributes.FindNumber(attributes, FibRules.FRA_PRIORITY) ?? 0,
            NetlinkAttributes.FindNumber(attributes, FibRules.FRA_TABLE) ?? body.table,
            (body.flags & FibRules.FIB_RULE_INVERT) != 0 ? NetlinkAttributes.FindNumber(attributes, FibRules.FRA_FWMARK) : null,
            protocol.Length == 1 && protocol[0] == RuleRequests.Protocol);
        return true;
    }
}
