using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Org.BouncyCastle.Crypto.Digests;

namespace Culvert.Plugins.Encrypt.WireGuard.Noise;

/// <summary>
/// Keyed BLAKE2s (RFC 7693) with 16 bytes of output, WireGuard's MAC, for a key that is used again and again: computing allocates
/// nothing. One thread at a time.
/// </summary>
internal sealed class KeyedMac : IDisposable
{
    private readonly Blake2sDigest _digest;

    /// <summary>Takes a key of 1 to 32 bytes.</summary>
    public KeyedMac(ReadOnlySpan<byte> key)
    {
        var copy = key.ToArray();
        _digest = new Blake2sDigest(copy, Blake2s.MacSize, null, null);
        Secrets.Wipe(copy);
    }

    /// <summary>Computes the mac of an input into 16 bytes.</summary>
    public void Compute(Span<byte> destination, ReadOnlySpan<byte> input)
    {
        _digest.BlockUpdate(input);
        // This puts the digest back to its keyed start as well.
        _digest.DoFinal(destination);
    }

    /// <summary>Wipes the digest's copy of the key.</summary>
    public void Dispose() => _digest.ClearKey();
}
