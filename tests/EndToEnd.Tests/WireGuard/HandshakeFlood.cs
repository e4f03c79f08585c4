using System.Net;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A <see cref="FloodSender"/> whose sockets are opened in a namespace of the test's own.</summary>
internal static class HandshakeFlood
{
    /// <summary>Begins to send.</summary>
    /// <param name="from">Where the attacker is.</param>
    /// <param name="target">Whom to flood.</param>
    /// <param name="publicKey">The target's public key.</param>
    /// <param name="kind">What the attacker knows.</param>
    /// <param name="perSecond">The rate in datagrams a second.</param>
    /// <param name="sources">The number of sources.</param>
    /// <param name="inOneNetwork">Of an IPv6 target: whether all sources are in one /64.</param>
    public static FloodSender Start(
        NetworkNamespace from, IPEndPoint target, string publicKey, FloodKind kind = FloodKind.Mac1, int perSecond = 50_000, int sources = 512, bool inOneNetwork = false)
    {
        from.TryRun($"ip route add local {FloodSender.SourceNetwork} dev lo");
        from.TryRun($"ip -6 route add local {FloodSender.Ipv6SourceNetwork} dev lo");
        return from.Invoke(() => new FloodSender(target, Convert.FromBase64String(publicKey), kind, perSecond, sources, inOneNetwork));
    }
}
