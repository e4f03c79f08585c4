using System.Net;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>A route into the device.</summary>
/// <param name="Prefix">The destinations.</param>
/// <param name="Table">The kernel's number of the routing table.</param>
internal sealed record DeviceRoute(IPNetwork Prefix, uint Table)
{
    /// <summary>The prefix, and the table where it is not the main one.</summary>
    public override string ToString() => Table == Interop.Rtnetlink.RT_TABLE_MAIN ? Prefix.ToString() : $"{Prefix} table {Table}";
}
