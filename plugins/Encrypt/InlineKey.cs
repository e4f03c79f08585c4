using System.Diagnostics.CodeAnalysis;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt;

/// <summary>A key written in pipeline.yaml itself. Never printed: not by <see cref="ToString"/>, nor in a message about a wrong one.</summary>
public sealed class InlineKey : IOptionValue<InlineKey>
{
    private readonly byte[] _bytes;

    private InlineKey(byte[] bytes) => _bytes = bytes;

    /// <inheritdoc/>
    public static string Expected => "a key: 32 bytes in base64, as 'culvert keygen' writes it";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw480]=$"}""";

    /// <summary>The 32 bytes.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out InlineKey? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        var bytes = GC.AllocateArray<byte>(KeyText.KeySize, pinned: true);
        var valid = node.Scalar is { } text && KeyText.TryDecode(text, bytes);
        value = valid ? new InlineKey(bytes) : null;
        error = valid ? null : "not the base64 form of 32 bytes";
        return valid;
    }

    /// <summary>Creates a key from a copy of 32 bytes.</summary>
    public static InlineKey FromBytes(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyText.KeySize);
        var bytes = GC.AllocateUninitializedArray<byte>(KeyText.KeySize, pinned: true);
        key.CopyTo(bytes);
        return new InlineKey(bytes);
    }

    /// <summary>Returns a placeholder for the key.</summary>
    public override string ToString() => "(key)";
}
