using System.Buffers.Binary;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>A cookie reply in place in its packet (WireGuard paper, section 5.4.7). The same in every suite.</summary>
internal readonly ref struct CookieReply
{
    /// <summary>Bytes of the whole message.</summary>
    public const int Size = CookieOffset + EncryptedCookieSize;

    /// <summary>Bytes of the nonce.</summary>
    public const int NonceSize = 24;

    private const int ReceiverOffset = MessageLayout.IndexOffset;
    private const int NonceOffset = ReceiverOffset + 4;
    private const int CookieOffset = NonceOffset + NonceSize;
    private const int EncryptedCookieSize = MessageLayout.MacSize + 16;

    private readonly Span<byte> _message;

    /// <summary>Takes a message of <see cref="Size"/> bytes.</summary>
    public CookieReply(Span<byte> message) => _message = message[..Size];

    /// <summary>The index of the handshake that it answers.</summary>
    public uint Receiver => BinaryPrimitives.ReadUInt32LittleEndian(_message[ReceiverOffset..]);

    /// <summary>The nonce of XChaCha20-Poly1305.</summary>
    public Span<byte> Nonce => _message.Slice(NonceOffset, NonceSize);

    /// <summary>The cookie, encrypted, with its tag.</summary>
    public Span<byte> EncryptedCookie => _message.Slice(CookieOffset, EncryptedCookieSize);

    /// <summary>Writes type and receiver.</summary>
    public void Start(uint receiver)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_message, (uint)MessageType.CookieReply);
        BinaryPrimitives.WriteUInt32LittleEndian(_message[ReceiverOffset..], receiver);
    }
}
