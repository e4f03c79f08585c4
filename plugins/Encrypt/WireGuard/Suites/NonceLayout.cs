using System.Buffers.Binary;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// How a message counter becomes a nonce: zeros, then the counter in the last 8 bytes. Little-endian for ChaChaPoly and big-endian for
/// AESGCM (Noise specification, section 12.3 and 12.4); AEGIS is ours to choose and takes little-endian as WireGuard does.
/// </summary>
/// <param name="Size">Bytes of the nonce.</param>
/// <param name="BigEndian">The byte order of the counter.</param>
internal readonly record struct NonceLayout(int Size, bool BigEndian)
{
    /// <summary>The longest nonce of any suite.</summary>
    public const int MaxSize = 32;

    /// <summary>Writes the nonce.</summary>
    /// <param name="nonce"><see cref="Size"/> bytes, zeros in front already.</param>
    /// <param name="counter">The message counter.</param>
    public void Write(Span<byte> nonce, ulong counter)
    {
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
