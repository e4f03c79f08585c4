using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>OpenSSL's algorithms for ChaCha20-Poly1305, found once for the process.</summary>
internal sealed class OpenSslAlgorithms
{
    private static readonly int[] TrialSizes = [0, 1, 64, 1420, 4000];
    private static readonly Lazy<OpenSslAlgorithms?> Fetched = new(Fetch);
    private static readonly Lazy<OpenSslAlgorithms?> Fastest = new(FindFastest);

    private OpenSslAlgorithms(IntPtr aead, IntPtr chaCha20, IntPtr poly1305, DirectFunctions? direct) =>
        (Aead, ChaCha20, Poly1305, Direct) = (aead, chaCha20, poly1305, direct);

    /// <summary>Its own composition of the two.</summary>
    public IntPtr Aead { get; }

    /// <summary>The stream cipher.</summary>
    public IntPtr ChaCha20 { get; }

    /// <summary>The message authentication code.</summary>
    public IntPtr Poly1305 { get; }

    /// <summary>The two primitives without the EVP layer; null to call them through it.</summary>
    public DirectFunctions? Direct { get; }

    /// <summary>The algorithms without the EVP layer where a trial computes the same, else through it. Any thread.</summary>
    /// <returns>Null where this system's OpenSSL is absent, older than 3, or configured without one of them.</returns>
    public static OpenSslAlgorithms? Find() => Fastest.Value;

    /// <summary>The algorithms through the EVP layer. Any thread.</summary>
    /// <returns>As <see cref="Find"/>.</returns>
    public static OpenSslAlgorithms? FindEvp() => Fetched.Value;

    private static OpenSslAlgorithms? Fetch()
    {
        var aead = OpenSslAead.Find("ChaCha20-Poly1305");
        var chaCha20 = OpenSslAead.Find("ChaCha20");
        var poly1305 = OpenSslEvp.IsAvailable ? OpenSslEvp.EVP_MAC_fetch(IntPtr.Zero, "POLY1305", null) : IntPtr.Zero;
        return aead is null || chaCha20 is null || poly1305 == IntPtr.Zero
            ? null : new OpenSslAlgorithms(aead.Value, chaCha20.Value, poly1305, null);
    }

    private static OpenSslAlgorithms? FindFastest()
    {
        if (FindEvp() is not { } evp || DirectFunctions.Find(evp.ChaCha20, evp.Poly1305) is not { } functions)
        {
            return FindEvp();
        }

        // OpenSSL documents the layer that is left out as the one for applications: a look before use.
        var direct = new OpenSslAlgorithms(evp.Aead, evp.ChaCha20, evp.Poly1305, functions);
        return TrialSizes.All(size => Seal(evp, size).AsSpan().SequenceEqual(Seal(direct, size))) ? direct : evp;
    }

    private static byte[] Seal(OpenSslAlgorithms algorithms, int size)
    {
        using var aead = new OpenSslChaCha20Poly1305(algorithms, CipherSuite.Wireguard.Layout, new byte[32]);
        var packet = new byte[size + 16];
        aead.Seal((ulong)size, default, packet.AsSpan(0, size), packet);
        return packet;
    }
}
