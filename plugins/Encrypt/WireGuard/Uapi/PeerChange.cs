using System.Net;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>One <c>public_key</c> section of a set request. Disposing wipes the preshared key.</summary>
internal sealed class PeerChange(PublicKey key) : IDisposable
{
    public PublicKey Key => key;

    /// <summary>Change it if it exists, do not create it.</summary>
    public bool UpdateOnly { get; set; }

    public bool Remove { get; set; }

    public bool ReplaceAllowedIps { get; set; }

    public SecretBytes? PresharedKey { get; set; }

    public HostEndpoint? Endpoint { get; set; }

    public TimeSpan? Keepalive { get; set; }

    /// <summary>Prefixes to add, or to take away, in order.</summary>
    public List<(bool Add, IPNetwork Prefix)> AllowedIps { get; } = [];

    public void Dispose() => PresharedKey?.Dispose();
}
