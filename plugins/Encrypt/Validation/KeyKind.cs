using System.Numerics;
using System.Runtime.CompilerServices;
using Culvert.Plugins.Encrypt.WireGuard.Interop;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.Validation;

/// <summary>
/// Tells a private key from a public one. Every public key is a point of the group that the base point generates (RFC 7748 §4.1); of other values of 32
/// bytes, one in sixteen is. Tools that create private keys clamp them (§5), so that one public key in sixteen looks like one.
/// </summary>
internal static unsafe class KeyKind
{
    // The field's prime, 2^255 - 19.
    private static readonly BigInteger _prime = BigInteger.Pow(2, 255) - 19;

    /// <summary>Whether 32 bytes are surely no public key and look like a private key. 15 of 16 private keys are recognised, no public key is.</summary>
    public static bool IsPrivate(ReadOnlySpan<byte> key) => IsClamped(key) && !IsPublic(key);

    private static bool IsClamped(ReadOnlySpan<byte> key) => (key[0] & 7) == 0 && (key[^1] & 0xC0) == 0x40;

    /// <summary>Whether some private key has this public key. Apart, so that only keys that need it load the arithmetic.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsPublic(ReadOnlySpan<byte> key)
    {
        // The same point on the Edwards curve, where the library has the check: y = (u - 1) / (u + 1), RFC 7748 §4.1. Either x will do.
        var u = new BigInteger(key, isUnsigned: true);
        var y = (u - 1) * BigInteger.ModPow(u + 1, _prime - 2, _prime) % _prime;
        Span<byte> point = stackalloc byte[PublicKey.Size];
        point.Clear();
        (y.Sign < 0 ? y + _prime : y).TryWriteBytes(point, out _, isUnsigned: true);
        SodiumLibrary.EnsureLoaded();
        fixed (byte* p = point)
        {
            return SodiumCoreEd25519.crypto_core_ed25519_is_valid_point(p) == 1;
        }
    }
}
