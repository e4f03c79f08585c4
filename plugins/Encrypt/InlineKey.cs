using System.Diagnostics.CodeAnalysis;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt;

/// <summary>A key written in pipeline.yaml itself. Never printed: not by <see cref="ToString"/>, nor in a message about a wrong one.</summary>
public sealed class InlineKey : IOptionValue<InlineKey>, IEquatable<InlineKey>
{
    private readonly SecretBytes _bytes;

    private InlineKey(SecretBytes bytes) => _bytes = bytes;

    /// <inheritdoc/>
    public static string Expected => "a key: 32 bytes in base64, as 'culvert keygen' writes it";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw480]=$"}""";

    /// <summary>The 32 bytes.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out InlineKey? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        var bytes = new SecretBytes(KeyText.KeySize);
        var valid = node.Scalar is { } text && KeyText.TryDecode(text, bytes.Span);
        value = valid ? new InlineKey(bytes) : null;
        if (!valid)
        {
            bytes.Dispose();
        }

        error = valid ? null : "not the base64 form of 32 bytes";
        return valid;
    }

    /// <summary>Creates a key from a copy of 32 bytes.</summary>
    public static InlineKey FromBytes(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyText.KeySize);
        return new InlineKey(new SecretBytes(key));
    }

    /// <summary>Whether both are the same key, in constant time.</summary>
    public bool Equals(InlineKey? other) => other is not null && Secrets.AreEqual(Bytes, other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is InlineKey other && Equals(other);

    /// <summary>Returns the same number for all keys, so that nothing of one is learned.</summary>
    public override int GetHashCode() => 0;

    /// <summary>Returns a placeholder for the key.</summary>
    public override string ToString() => "(key)";
}
