using System.Net;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>A route into the device.</summary>
/// <param name="Prefix">The destinations.</param>
/// <param name="Table">The kernel's number of the routing table.</param>
internal readonly record struct DeviceRoute(IPNetwork Prefix, uint Table);
