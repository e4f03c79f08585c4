using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>
/// Random bytes, wiping and comparison of secrets, from libsodium. The base library has the same, but to load its part for it costs each end 1 MB, and 5 MB
/// more with OpenSSL behind its random numbers, for suites that use nothing else of either. Thread-safe.
/// </summary>
internal static unsafe class Secrets
{
    static Secrets() => SodiumLibrary.EnsureLoaded();

    /// <summary>Fills a buffer with cryptographically random bytes.</summary>
    public static void FillRandom(Span<byte> bytes)
    {
        fixed (byte* buf = bytes)
        {
            SodiumRandomBytes.randombytes_buf(buf, (nuint)bytes.Length);
        }
    }

    /// <summary>Overwrites a secret with zeros.</summary>
    public static void Wipe(Span<byte> bytes)
    {
        fixed (byte* pnt = bytes)
        {
            SodiumUtils.sodium_memzero(pnt, (nuint)bytes.Length);
        }
    }

    /// <summary>Compares in constant time.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != other.Length)
        {
            return false;
        }

        fixed (byte* b1 = one, b2 = other)
        {
            return SodiumUtils.sodium_memcmp(b1, b2, (nuint)one.Length) == 0;
        }
    }
}
