namespace Culvert.Wire;

/// <summary>Types and codes of ICMP (RFC 792) and ICMPv6 (RFC 4443, RFC 4861) that decide about answers.</summary>
internal static class IcmpType
{
    public const byte DestinationUnreachable = 3;
    public const byte FragmentationNeeded = 4;
    public const byte SourceQuench = 4;
    public const byte Redirect = 5;
    public const byte TimeExceeded = 11;
    public const byte ParameterProblem = 12;

    public const byte PacketTooBig = 2;

    /// <summary>ICMPv6: what is below is an error.</summary>
    public const byte FirstInformational = 128;

    /// <summary>ICMPv6: no error by its number, but never answered with one either (RFC 4443 §2.4 e.2).</summary>
    public const byte RedirectV6 = 137;
}
