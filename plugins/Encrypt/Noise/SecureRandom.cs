using Culvert.Plugins.Encrypt.Interop;

namespace Culvert.Plugins.Encrypt.Noise;

/// <summary>
/// Unpredictable bytes, from libsodium, which asks the system. The base library's generator asks OpenSSL, and to load that costs each
/// end 5 MB, for suites that use nothing else of it. Thread-safe.
/// </summary>
internal static unsafe class SecureRandom
{
    /// <summary>Fills a buffer.</summary>
    public static void Fill(Span<byte> bytes)
    {
        SodiumLibrary.EnsureLoaded();
        fixed (byte* buf = bytes)
        {
            SodiumRandomBytes.randombytes_buf(buf, (nuint)bytes.Length);
        }
    }
}
