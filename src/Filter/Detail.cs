namespace Culvert.Filtering;

/// <summary>The bits of <see cref="Field.Detail"/>. A bit for the kind says that the value is present.</summary>
internal static class Detail
{
    public const uint TcpFlags = 0xFF;
    public const int IcmpTypeShift = 8;
    public const uint IcmpType = 0xFF << IcmpTypeShift;

    public const uint HasTcpFlags = 1 << 29;
    public const uint HasIcmpType = 1 << 30;
    public const uint HasIcmpv6Type = 1u << 31;
}
