namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>The libraries that can seal and open packets, by their names in pipeline.yaml.</summary>
public enum CipherLibrary
{
    /// <summary>The fastest one that this system has for the suite.</summary>
    Auto,

    /// <summary>The system's OpenSSL 3, on Linux: ChaCha20-Poly1305 and AES-256-GCM.</summary>
    Openssl,

    /// <summary>The libsodium that comes with Culvert: all suites.</summary>
    Libsodium,

    /// <summary>Windows' Cryptography API: Next Generation: ChaCha20-Poly1305 and AES-256-GCM.</summary>
    Cng,
}

/// <summary>The libraries' names.</summary>
internal static class CipherLibraryNames
{
    /// <summary>The name as pipeline.yaml and <c>culvert status</c> write it.</summary>
    public static string ToName(this CipherLibrary library) => library.ToString().ToLowerInvariant();
}
