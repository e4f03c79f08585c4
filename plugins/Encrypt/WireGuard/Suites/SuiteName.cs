namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>The cipher suites by their names in pipeline.yaml.</summary>
public enum SuiteName
{
    /// <summary>ChaCha20-Poly1305: WireGuard itself, interoperable.</summary>
    Wireguard,

    /// <summary>AES-256-GCM in WireGuard's messages.</summary>
    Aes256Gcm,

    /// <summary>AEGIS-256 in WireGuard's messages.</summary>
    Aegis256,

    /// <summary>AEGIS-128L in WireGuard's messages.</summary>
    Aegis128l,
}
