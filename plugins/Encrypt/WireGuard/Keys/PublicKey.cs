using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Culvert.Options;

namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>An X25519 public key as a value: the name of a peer. Not a secret, so comparing it takes no care.</summary>
public readonly record struct PublicKey : IOptionValue<PublicKey>
{
    /// <summary>Bytes of a key.</summary>
    internal const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Copies 32 bytes.</summary>
    public PublicKey(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    /// <inheritdoc/>
    public static string Expected => "a public key: 32 bytes in base64, as 'culvert pubkey' prints it";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw480]=$"}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out PublicKey value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        Span<byte> bytes = stackalloc byte[Size];
        var valid = node.Scalar is { } text && KeyText.TryDecode(text, bytes);
        value = valid ? new PublicKey(bytes) : default;
        // Not the text: it may be a private key with a letter missing.
        error = valid ? null : "not the base64 form of 32 bytes";
        return valid;
    }

    /// <summary>Returns a copy of the 32 bytes.</summary>
    public byte[] ToArray() => MemoryMarshal.AsBytes<ulong>([_a, _b, _c, _d]).ToArray();

    /// <summary>Returns the base64 form of WireGuard's tools.</summary>
    public override string ToString() => Convert.ToBase64String(ToArray());

    /// <summary>Returns the first and last characters, as logs name a peer: <c>xTIB…Dg=</c>.</summary>
    internal string ToShortString()
    {
        var text = ToString();
        return $"{text[..4]}…{text[^4..^1]}";
    }
}
