using System.Net.Sockets;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The requests about policy rules, as messages. Pure: nothing is sent here.</summary>
internal static class RuleRequests
{
    /// <summary>Marks a rule as this program's (<c>ip rule</c> prints it as <c>proto 87</c>), so that one that a killed run left is known.</summary>
    public const byte Protocol = 87;

    private const ushort Acknowledged = Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK;
    private const ushort New = Acknowledged | Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL;
    private const uint WholeMark = uint.MaxValue;

    /// <summary>Requests all rules of one family.</summary>
    public static RtnetlinkMessage List(AddressFamily family) => RtnetlinkMessage.Create(
        FibRules.RTM_GETRULE, Netlink.NLM_F_REQUEST | Netlink.NLM_F_DUMP, new FibRules.RuleBody { family = LinkRequests.Family(family) });

    /// <summary><c>ip rule add not fwmark MARK table MARK</c></summary>
    public static RtnetlinkMessage AddNotMark(DefaultRouteRules rules, uint priority) => NotMark(FibRules.RTM_NEWRULE, New, rules, priority);

    /// <summary>Takes such a rule away.</summary>
    public static RtnetlinkMessage RemoveNotMark(DefaultRouteRules rules, uint priority) =>
        NotMark(FibRules.RTM_DELRULE, Acknowledged, rules, priority);

    /// <summary><c>ip rule add table main suppress_prefixlength 0</c></summary>
    public static RtnetlinkMessage AddMainWithoutDefault(AddressFamily family, uint priority) =>
        MainWithoutDefault(FibRules.RTM_NEWRULE, New, family, priority);

    /// <summary>Takes such a rule away.</summary>
    public static RtnetlinkMessage RemoveMainWithoutDefault(AddressFamily family, uint priority) =>
        MainWithoutDefault(FibRules.RTM_DELRULE, Acknowledged, family, priority);

    private static RtnetlinkMessage NotMark(ushort type, ushort flags, DefaultRouteRules rules, uint priority) =>
        Rule(type, flags, rules.Family, rules.Mark, priority, FibRules.FIB_RULE_INVERT)
            .Add(FibRules.FRA_FWMARK, rules.Mark).Add(FibRules.FRA_FWMASK, WholeMark);

    private static RtnetlinkMessage MainWithoutDefault(ushort type, ushort flags, AddressFamily family, uint priority) =>
        Rule(type, flags, family, Rtnetlink.RT_TABLE_MAIN, priority, 0).Add(FibRules.FRA_SUPPRESS_PREFIXLEN, 0u);

    private static RtnetlinkMessage Rule(ushort type, ushort flags, AddressFamily family, uint table, uint priority, uint ruleFlags) =>
        RtnetlinkMessage.Create(type, flags, new FibRules.RuleBody
        {
            family = LinkRequests.Family(family),
            table = LinkRequests.ShortTable(table),
            action = FibRules.FR_ACT_TO_TBL,
            flags = ruleFlags,
        }).Add(FibRules.FRA_TABLE, table).Add(FibRules.FRA_PRIORITY, priority).Add(FibRules.FRA_PROTOCOL, [Protocol]);
}
