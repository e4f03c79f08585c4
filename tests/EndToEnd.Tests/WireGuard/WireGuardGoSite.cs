using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>An end that no one here wrote: Debian's wireguard-go, set up with <c>wg</c> and <c>ip</c>.</summary>
internal sealed class WireGuardGoSite(NetworkNamespace space, string[] addresses, int port, bool ownsSpace = false) : Site(space, ownsSpace)
{
    private readonly List<string> _peers = [];

    /// <summary>Adds a peer.</summary>
    public WireGuardGoSite WithPeer(Site peer, string allowedIps, string? endpoint = null, string? presharedKey = null)
    {
        var arguments = $"peer {peer.PublicKey} allowed-ips {allowedIps.Replace(" ", "", StringComparison.Ordinal)}";
        arguments += endpoint is null ? "" : $" endpoint {endpoint}";
        arguments += presharedKey is null ? "" : $" preshared-key {WriteSecret("psk", presharedKey)}";
        _peers.Add(arguments);
        return this;
    }

    /// <inheritdoc/>
    public override void Start()
    {
        Launch("env", "LOG_LEVEL=verbose", "wireguard-go", "-f", Device);
        var commands = addresses
            .Select(address => $"ip addr add {address} dev {Device}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}")
            .Prepend($"wg set {Device} listen-port {port} private-key {Path.Combine(Folder, "private.key")} {string.Join(' ', _peers)}")
            .Append($"ip link set {Device} mtu 1420 up");
        Space.TryRun(TimeSpan.FromSeconds(20), "sh", "-c", string.Join(" && ", commands)).Succeeded();
    }
}
