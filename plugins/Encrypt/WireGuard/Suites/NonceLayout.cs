using System.Buffers.Binary;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// How a message counter becomes a nonce: a prefix, which is zeros in every suite, then the counter in the last 8 bytes. Little-endian for ChaChaPoly and big-endian for
/// AESGCM (Noise specification, section 12.3 and 12.4); AEGIS is ours to choose and takes little-endian as WireGuard does.
/// </summary>
/// <param name="Size">Bytes of the nonce.</param>
/// <param name="BigEndian">The byte order of the counter.</param>
/// <param name="Prefix">The bytes in front of the counter; null for zeros. Published vectors have others.</param>
internal readonly record struct NonceLayout(int Size, bool BigEndian, byte[]? Prefix = null)
{
    /// <summary>The longest nonce of any suite.</summary>
    public const int MaxSize = 32;

    /// <summary>Writes the nonce.</summary>
    /// <param name="nonce"><see cref="Size"/> bytes, zeros in front already.</param>
    /// <param name="counter">The message counter.</param>
    public void Write(Span<byte> nonce, ulong counter)
    {
        Prefix?.CopyTo(nonce);
        var field = nonce[(Size - sizeof(ulong))..];
        if (BigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(field, counter);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(field, counter);
        }
    }
}
