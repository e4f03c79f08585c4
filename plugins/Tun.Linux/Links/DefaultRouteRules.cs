using System.Net.Sockets;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// The two policy rules that let a default route lead into the tunnel, as wg-quick(8) sets them: first, every route of the main table but
/// its default route is used; second, what does not carry the mark of the tunnel's own socket uses the table of the mark's number.
/// </summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Mark">The mark of the tunnel's socket, and the number of the table with the default route.</param>
internal readonly record struct DefaultRouteRules(AddressFamily Family, uint Mark);
