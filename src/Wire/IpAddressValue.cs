using System.Buffers.Binary;
using System.Net;

namespace Culvert.Wire;

/// <summary>
/// An IP address of either family as a value: compared, ordered and hashed without an allocation, so it serves as a key of a dictionary.
/// The default value is 0.0.0.0.
/// </summary>
public readonly record struct IpAddressValue : IComparable<IpAddressValue>
{
    private const int Ipv4Bits = 32;
    private const int Ipv6Bits = 128;

    private readonly bool _isIpv6;

    private IpAddressValue(UInt128 bits, bool isIpv6)
    {
        Bits = bits;
        _isIpv6 = isIpv6;
    }

    /// <summary>Reads an address in network order.</summary>
    /// <param name="address">4 or 16 bytes.</param>
    /// <exception cref="ArgumentException">The address has another length.</exception>
    public static IpAddressValue Read(ReadOnlySpan<byte> address) => address.Length switch
    {
        Ipv4View.AddressLength => new(BinaryPrimitives.ReadUInt32BigEndian(address), isIpv6: false),
        Ipv6View.AddressLength => new(BinaryPrimitives.ReadUInt128BigEndian(address), isIpv6: true),
        _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {address.Length}.", nameof(address)),
    };

    /// <summary>Converts an address of the base library; an IPv6 scope is left out.</summary>
    public static IpAddressValue From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[Ipv6View.AddressLength];
        address.TryWriteBytes(bytes, out var length);
        return Read(bytes[..length]);
    }

    /// <summary>Whether this is an IPv4 address; otherwise it is IPv6.</summary>
    public bool IsIpv4 => !_isIpv6;

    /// <summary>The address as a number in host order: below 2^32 for IPv4.</summary>
    public UInt128 Bits { get; }

    /// <summary>Returns the address with all bits after a prefix cleared: one key for a whole network.</summary>
    /// <param name="length">The prefix length in bits, 0 to 32 or 128.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public IpAddressValue Network(int length)
    {
        var width = _isIpv6 ? Ipv6Bits : Ipv4Bits;
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, width);
        return length == 0 ? new(0, _isIpv6) : new((Bits >> (width - length)) << (width - length), _isIpv6);
    }

    /// <summary>Writes the address in network order.</summary>
    /// <param name="destination">At least 4 or 16 bytes.</param>
    /// <returns>The number of bytes written, 4 or 16.</returns>
    public int Write(Span<byte> destination)
    {
        if (_isIpv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);
            return Ipv6View.AddressLength;
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Bits);
        return Ipv4View.AddressLength;
    }

    /// <summary>Converts to the base library's type. Allocates.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[Ipv6View.AddressLength];
        return new IPAddress(bytes[..Write(bytes)]);
    }

    /// <summary>Orders IPv4 before IPv6, then by number.</summary>
    public int CompareTo(IpAddressValue other) =>
        _isIpv6 == other._isIpv6 ? Bits.CompareTo(other.Bits) : _isIpv6.CompareTo(other._isIpv6);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(IpAddressValue left, IpAddressValue right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(IpAddressValue left, IpAddressValue right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(IpAddressValue left, IpAddressValue right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(IpAddressValue left, IpAddressValue right) => left.CompareTo(right) >= 0;

    /// <summary>Returns the address as text, for example <c>192.0.2.1</c> or <c>2001:db8::1</c>. Allocates.</summary>
    public override string ToString() => ToIPAddress().ToString();
}
