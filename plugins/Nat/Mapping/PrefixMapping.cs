using System.Buffers.Binary;
using System.Net;
using Culvert.Wire;

namespace Culvert.Plugins.Nat.Mapping;

/// <summary>
/// Maps the addresses of one prefix to those of another. IPv4 keeps the host bits. IPv6 is NPTv6 (RFC 6296): one word outside the prefix is
/// adjusted so that the sum of the address, and with it every transport checksum, stays the same. Immutable.
/// </summary>
internal sealed class PrefixMapping
{
    private const int WordBits = 16;
    private const int ShortLength = 48;
    private const int SubnetWord = 3;
    private const int FirstIdentifierWord = 4;
    private const int Words = 8;

    private readonly UInt128 _prefix;
    private readonly UInt128 _hostMask;
    private readonly ushort _adjustment;
    private readonly int _length;

    /// <summary>Creates the mapping of one direction.</summary>
    /// <param name="from">The prefix of the addresses to map.</param>
    /// <param name="to">The prefix of the results, of the same family and length; at most 64 for IPv6.</param>
    public PrefixMapping(IPNetwork from, IPNetwork to)
    {
        var (source, target) = (IpAddressValue.From(from.BaseAddress), IpAddressValue.From(to.BaseAddress));
        var width = source.IsIpv4 ? 8 * Ipv4View.AddressLength : 8 * Ipv6View.AddressLength;
        _length = from.PrefixLength;
        _prefix = target.Bits;
        _hostMask = _length == 0 ? UInt128.MaxValue : (UInt128.One << (width - _length)) - 1;

        // RFC 6296 §3.1: what is to be added to the new prefix for the sum of the old one.
        _adjustment = Add(Sum(source.Bits), (ushort)~Sum(target.Bits));
    }

    /// <summary>Maps an address of the prefix.</summary>
    /// <param name="address">4 or 16 bytes.</param>
    /// <param name="mapped">Gets as many.</param>
    /// <returns><see langword="false"/> for the few IPv6 addresses that NPTv6 cannot map (RFC 6296 §3.4 and §3.5).</returns>
    public bool TryMap(ReadOnlySpan<byte> address, Span<byte> mapped)
    {
        if (address.Length == Ipv4View.AddressLength)
        {
            var host = BinaryPrimitives.ReadUInt32BigEndian(address) & (uint)_hostMask;
            BinaryPrimitives.WriteUInt32BigEndian(mapped, (uint)_prefix | host);
            return true;
        }

        var bits = _prefix | (BinaryPrimitives.ReadUInt128BigEndian(address) & _hostMask);
        BinaryPrimitives.WriteUInt128BigEndian(mapped, bits);
        if (_length <= ShortLength)
        {
            return TryAdjust(mapped, SubnetWord);
        }

        for (var word = FirstIdentifierWord; word < Words; word++)
        {
            if (TryAdjust(mapped, word))
            {
                return true;
            }
        }

        return false;
    }

    // A word of ffff has no other spelling for its value, and cannot be mapped back.
    private bool TryAdjust(Span<byte> address, int word)
    {
        var place = address.Slice(word * sizeof(ushort), sizeof(ushort));
        var value = BinaryPrimitives.ReadUInt16BigEndian(place);
        if (value == ushort.MaxValue)
        {
            return false;
        }

        var adjusted = Add(value, _adjustment);
        BinaryPrimitives.WriteUInt16BigEndian(place, adjusted == ushort.MaxValue ? (ushort)0 : adjusted);
        return true;
    }

    private static ushort Sum(UInt128 bits)
    {
        ushort sum = 0;
        for (; bits != 0; bits >>= WordBits)
        {
            sum = Add(sum, (ushort)bits);
        }

        return sum;
    }

    private static ushort Add(ushort left, ushort right) => InternetChecksum.Fold((uint)left + right);
}
