using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>An X25519 public key as a value: what names a peer. Public, so comparing it takes no care.</summary>
internal readonly record struct PublicKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Takes 32 bytes.</summary>
    public PublicKey(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    /// <summary>Reads the base64 form of WireGuard's tools.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PublicKey? key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        key = KeyText.TryDecode(text, bytes) ? new PublicKey(bytes) : null;
        return key is not null;
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray() => MemoryMarshal.AsBytes<ulong>([_a, _b, _c, _d]).ToArray();

    /// <summary>The base64 form of WireGuard's tools.</summary>
    public override string ToString() => Convert.ToBase64String(ToArray());

    /// <summary>The first and last letters, as logs name a peer: <c>xTIB…Dg=</c>.</summary>
    public string ToShortString()
    {
        var text = ToString();
        return $"{text[..4]}…{text[^4..^1]}";
    }
}
