namespace Culvert.Wire;

/// <summary>Types and codes of ICMP (RFC 792) and ICMPv6 (RFC 4443, RFC 4861) that decide about answers.</summary>
internal static class IcmpType
{
    public const byte EchoReply = 0;
    public const byte DestinationUnreachable = 3;
    public const byte SourceQuench = 4;
    public const byte Redirect = 5;
    public const byte EchoRequest = 8;
    public const byte TimeExceeded = 11;
    public const byte ParameterProblem = 12;

    public const byte DestinationUnreachableV6 = 1;
    public const byte PacketTooBig = 2;
    public const byte TimeExceededV6 = 3;
    public const byte EchoRequestV6 = 128;
    public const byte EchoReplyV6 = 129;

    /// <summary>ICMPv6: not an error by its number, but never answered with one either (RFC 4443 §2.4 e.2).</summary>
    public const byte RedirectV6 = 137;

    private const byte FirstInformational = 128;

    public static bool IsError(byte type) => type is DestinationUnreachable or SourceQuench or Redirect or TimeExceeded or ParameterProblem;

    public static bool IsErrorV6(byte type) => type < FirstInformational;

    public static bool IsEcho(byte type) => type is EchoRequest or EchoReply;

    public static bool IsEchoV6(byte type) => type is EchoRequestV6 or EchoReplyV6;
}

/// <summary>The layout that ICMP and ICMPv6 share (RFC 792, RFC 4443 §2.1).</summary>
internal static class IcmpField
{
    public const int Type = 0;
    public const int Code = Type + 1;
    public const int Checksum = Code + 1;
    public const int Body = Checksum + 2;
    public const int Second = Body + 2;
    public const int Payload = Second + 2;

    /// <summary>Writes all fields but the checksum.</summary>
    public static void Write(Span<byte> message, byte type, byte code, uint body)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(message.Length, Payload, nameof(message));
        message[Type] = type;
        message[Code] = code;
        HeaderField.Write32(message, Body, body);
    }
}
