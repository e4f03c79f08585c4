using System.Buffers.Binary;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>The type field: one byte and three reserved zeros, read as one little-endian number (WireGuard paper, section 5.4).</summary>
internal enum MessageType : uint
{
    Initiation = 1,
    Response = 2,
    CookieReply = 3,
    Transport = 4,
}

/// <summary>
/// Sizes and places of the handshake messages' fields (WireGuard paper, sections 5.4.2 to 5.4.4). They depend on the suite's tag only:
/// with 16 bytes they are WireGuard's own 148 and 92.
/// </summary>
/// <param name="tagSize">Bytes of the suite's tag.</param>
internal sealed class MessageLayout(int tagSize)
{
    /// <summary>Bytes of mac1 and of mac2, the last fields of an initiation and of a response.</summary>
    public const int MacSize = Blake2s.MacSize;

    /// <summary>Bytes of a TAI64N timestamp.</summary>
    public const int TimestampSize = 12;

    /// <summary>The offset of the first index: the sender's in an initiation and a response, the receiver's in the others.</summary>
    public const int IndexOffset = 4;

    private const int IndexSize = 4;
    private const int InitiationEphemeral = IndexOffset + IndexSize;
    private const int InitiationStatic = InitiationEphemeral + X25519Key.Size;
    private const int ResponseReceiver = IndexOffset + IndexSize;
    private const int ResponseEphemeral = ResponseReceiver + IndexSize;
    private const int ResponseEmpty = ResponseEphemeral + X25519Key.Size;

    private static readonly int[] AllInitiationSizes =
        [.. CipherSuite.All.Select(suite => new MessageLayout(suite.TagSize).InitiationSize).Distinct()];

    private readonly int _initiationTimestamp = InitiationStatic + X25519Key.Size + tagSize;

    /// <summary>Bytes of an initiation: 116 and two tags.</summary>
    public int InitiationSize { get; } = InitiationStatic + X25519Key.Size + tagSize + TimestampSize + tagSize + (2 * MacSize);

    /// <summary>Bytes of a response: 76 and a tag.</summary>
    public int ResponseSize { get; } = ResponseEmpty + tagSize + (2 * MacSize);

    /// <summary>Whether a message has the length of an initiation of any suite; that of another suite is only logged.</summary>
    public static bool IsInitiationSize(int length) => AllInitiationSizes.Contains(length);

    /// <summary>Writes an initiation's type and sender, and zeros its macs.</summary>
    public FirstMessage StartInitiation(Span<byte> message, uint sender)
    {
        Start(message, MessageType.Initiation, sender);
        return Initiation(message);
    }

    /// <summary>Writes a response's type and indexes, and zeros its macs.</summary>
    public SecondMessage StartResponse(Span<byte> message, uint sender, uint receiver)
    {
        Start(message, MessageType.Response, sender);
        BinaryPrimitives.WriteUInt32LittleEndian(message[ResponseReceiver..], receiver);
        return Response(message);
    }

    /// <summary>The Noise parts of an initiation of <see cref="InitiationSize"/> bytes.</summary>
    public FirstMessage Initiation(Span<byte> message) => new(
        message.Slice(InitiationEphemeral, X25519Key.Size),
        message.Slice(InitiationStatic, X25519Key.Size + tagSize),
        message.Slice(_initiationTimestamp, TimestampSize + tagSize));

    /// <summary>The Noise parts of a response of <see cref="ResponseSize"/> bytes.</summary>
    public SecondMessage Response(Span<byte> message) => new(
        message.Slice(ResponseEphemeral, X25519Key.Size), message.Slice(ResponseEmpty, tagSize));

    /// <summary>The sender's index of an initiation or a response.</summary>
    public static uint Sender(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32LittleEndian(message[IndexOffset..]);

    /// <summary>The receiver's index of a response.</summary>
    public static uint ResponseReceiverIndex(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt32LittleEndian(message[ResponseReceiver..]);

    /// <summary>The type field, which may be any number.</summary>
    /// <param name="message">At least 4 bytes.</param>
    public static MessageType TypeOf(ReadOnlySpan<byte> message) => (MessageType)BinaryPrimitives.ReadUInt32LittleEndian(message);

    /// <summary>
    /// True when a message's last field, an initiation's or a response's mac2, is not zero; also for every cookie reply, which are few and
    /// answer what we sent.
    /// </summary>
    public static bool ClaimsCookie(ReadOnlySpan<byte> message) => message[^MacSize..].ContainsAnyExcept((byte)0);

    private static void Start(Span<byte> message, MessageType type, uint index)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)type);
        BinaryPrimitives.WriteUInt32LittleEndian(message[IndexOffset..], index);
        message[^(2 * MacSize)..].Clear();
    }
}
