using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Culvert.Wire;

/// <summary>
/// The Internet checksum: one's complement arithmetic over 16-bit words in network order (RFC 1071), and its incremental update
/// (RFC 1624, equation 3). In one's complement, a carry or a borrow out of bit 15 is added back at bit 0; two's complement arithmetic that
/// discards it is off by one, and only sometimes. Pure functions; only an argument of the wrong length makes them throw.
/// </summary>
public static class InternetChecksum
{
    /// <summary>Adds up 16-bit words. An odd byte at the end is the high half of a word.</summary>
    /// <param name="data">Any length. When a sum continues over several pieces, only the last may have an odd length.</param>
    /// <param name="initial">The sum to continue, less than 2^31.</param>
    /// <returns>A sum for <see cref="Fold"/>; at most 65535 more than <paramref name="initial"/>.</returns>
    public static uint Sum(ReadOnlySpan<byte> data, uint initial = 0)
    {
        // The sum is independent of byte order but for one swap at the end (RFC 1071 §2 B), so words are added as the machine reads
        // them, and wide: 32-bit halves into 64-bit lanes, which no packet can overflow.
        ulong sum = 0;
        ref var start = ref MemoryMarshal.GetReference(data);
        nint offset = 0;
        nint end = data.Length;
        if (Vector.IsHardwareAccelerated && end >= Vector<byte>.Count)
        {
            sum = SumVectors(ref start, end, out offset);
        }

        for (; end - offset >= sizeof(uint); offset += sizeof(uint))
        {
            sum += Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset));
        }

        if (end - offset >= sizeof(ushort))
        {
            sum += Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref start, offset));
            offset += sizeof(ushort);
        }

        if (offset < end)
        {
            var last = Unsafe.Add(ref start, offset);
            sum += BitConverter.IsLittleEndian ? last : (uint)last << 8;
        }

        var folded = FoldWide(sum);
        return initial + (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded);
    }

    /// <summary>Reduces a sum to 16 bits by adding the carries back in.</summary>
    /// <returns>The one's complement sum, not yet inverted.</returns>
    public static ushort Fold(uint sum)
    {
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)(sum + (sum >> 16));
    }

    /// <summary>Computes the value of a checksum field over data in which that field is zero.</summary>
    /// <param name="data">Header or message, of any length.</param>
    /// <param name="initial">The sum of a pseudo-header, or 0.</param>
    public static ushort Compute(ReadOnlySpan<byte> data, uint initial = 0) => (ushort)~Fold(Sum(data, initial));

    /// <summary>Whether data that contains its checksum is intact.</summary>
    /// <inheritdoc cref="Compute"/>
    public static bool IsValid(ReadOnlySpan<byte> data, uint initial = 0) => Fold(Sum(data, initial)) == ushort.MaxValue;

    /// <summary>Computes the value of a checksum field, whatever it contains now. Writes nothing.</summary>
    /// <param name="data">Header or message that contains the field.</param>
    /// <param name="field">The field's offset in <paramref name="data"/>: even, and at least 2 bytes before the end.</param>
    /// <param name="initial">The sum of a pseudo-header, or 0.</param>
    public static ushort ComputeWithout(ReadOnlySpan<byte> data, int field, uint initial = 0)
    {
        var before = Sum(data[..field], initial);
        return Compute(data[(field + sizeof(ushort))..], before);
    }

    /// <summary>
    /// Computes the checksum after one 16-bit word at an even offset changed: <c>HC' = ~(~HC + ~m + m')</c>. A checksum that was wrong
    /// stays wrong by the same amount. Without a change the checksum stays as it is (RFC 1624 errata 4782).
    /// </summary>
    /// <param name="checksum">The field's value, HC.</param>
    /// <param name="old">The word before, m.</param>
    /// <param name="value">The word after, m'.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Update16(ushort checksum, ushort old, ushort value) => old == value
        ? checksum
        : (ushort)~Fold((uint)(ushort)~checksum + (ushort)~old + value);

    /// <summary>
    /// Computes the checksum after a 16-bit value at an odd offset changed: its bytes lie in two words, each in the other half, so the
    /// difference is byte-swapped.
    /// </summary>
    /// <inheritdoc cref="Update16(ushort, ushort, ushort)"/>
    public static ushort Update16Odd(ushort checksum, ushort old, ushort value) =>
        Update16(checksum, BinaryPrimitives.ReverseEndianness(old), BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Computes the checksum after a 16-bit value at any offset changed.</summary>
    /// <param name="checksum">The field's value.</param>
    /// <param name="old">The value before.</param>
    /// <param name="value">The value after.</param>
    /// <param name="offset">Its offset from the start of the summed data.</param>
    public static ushort Update16(ushort checksum, ushort old, ushort value, int offset) =>
        (offset & 1) == 0 ? Update16(checksum, old, value) : Update16Odd(checksum, old, value);

    /// <summary>Computes the checksum after a run of bytes, for example an address, was replaced by as many others.</summary>
    /// <param name="checksum">The field's value.</param>
    /// <param name="old">The bytes before.</param>
    /// <param name="value">The bytes after, as many.</param>
    /// <param name="offset">Their offset from the start of the summed data; only whether it is odd matters.</param>
    /// <exception cref="ArgumentException">The two runs differ in length.</exception>
    public static ushort Update(ushort checksum, ReadOnlySpan<byte> old, ReadOnlySpan<byte> value, int offset = 0)
    {
        if (old.Length != value.Length)
        {
            throw new ArgumentException($"The old run has {old.Length} bytes, the new one {value.Length}.", nameof(value));
        }

        if (old.SequenceEqual(value))
        {
            return checksum;
        }

        var before = Fold(Sum(old));
        var after = Fold(Sum(value));
        if ((offset & 1) != 0)
        {
            before = BinaryPrimitives.ReverseEndianness(before);
            after = BinaryPrimitives.ReverseEndianness(after);
        }

        return Update16(checksum, before, after);
    }

    /// <summary>
    /// Returns a computed UDP checksum as it is sent: 0 becomes ffff, because 0 means that none was computed (RFC 768). TCP has no such
    /// rule.
    /// </summary>
    public static ushort ToUdp(ushort computed) => computed == 0 ? ushort.MaxValue : computed;

    /// <summary>Returns the sum of the pseudo-header in front of a TCP, UDP or ICMPv6 message (RFC 9293 §3.1, RFC 8200 §8.1).</summary>
    /// <param name="source">4 or 16 bytes.</param>
    /// <param name="destination">As many; with a routing header, the final destination.</param>
    /// <param name="protocol">The upper layer's protocol, not an extension header's.</param>
    /// <param name="length">The upper layer's length in bytes, header and payload.</param>
    /// <exception cref="ArgumentException">The addresses do not both have 4 or both have 16 bytes.</exception>
    public static uint PseudoHeader(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, IpProtocol protocol, int length)
    {
        var size = source.Length;
        if ((size != Ipv4View.AddressLength && size != Ipv6View.AddressLength) || destination.Length != size)
        {
            throw new ArgumentException($"Addresses have 4 or 16 bytes each, not {size} and {destination.Length}.", nameof(source));
        }

        return Sum(destination, Sum(source)) + (uint)protocol + ((uint)length & ushort.MaxValue) + ((uint)length >> 16);
    }

    /// <summary>Whether an IPv4 header without options is intact: its 20 bytes need no loop.</summary>
    internal static bool IsPlainHeaderValid(ReadOnlySpan<byte> header)
    {
        ref var start = ref MemoryMarshal.GetReference(header[..Ipv4View.MinimumHeaderLength]);
        var first = Unsafe.ReadUnaligned<ulong>(ref start);
        var second = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, sizeof(ulong)));
        var third = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 2 * sizeof(ulong)));
        return FoldWide((uint)first + (first >> 32) + (uint)second + (second >> 32) + third) == ushort.MaxValue;
    }

    // Not inlined: a native call from a method that used wide registers is slow, and here they are cleared at the end.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SumVectors(ref byte start, nint length, out nint offset)
    {
        offset = 0;
        var wide = Vector512.IsHardwareAccelerated ? SumWide(ref start, length, ref offset) : 0;
        var low = Vector<ulong>.Zero;
        var high = Vector<ulong>.Zero;
        var mask = new Vector<ulong>(uint.MaxValue);
        for (; length - offset >= Vector<byte>.Count; offset += Vector<byte>.Count)
        {
            var words = Unsafe.ReadUnaligned<Vector<ulong>>(ref Unsafe.Add(ref start, offset));
            low += words & mask;
            high += words >>> 32;
        }

        return wide + Vector.Sum(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SumWide(ref byte start, nint length, ref nint offset)
    {
        var low = Vector512<ulong>.Zero;
        var high = Vector512<ulong>.Zero;
        var mask = Vector512.Create((ulong)uint.MaxValue);
        for (; length - offset >= Vector512<byte>.Count; offset += Vector512<byte>.Count)
        {
            var words = Unsafe.ReadUnaligned<Vector512<ulong>>(ref Unsafe.Add(ref start, offset));
            low += words & mask;
            high += words >>> 32;
        }

        return Vector512.Sum(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort FoldWide(ulong sum)
    {
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & ushort.MaxValue) + ((sum >> 16) & ushort.MaxValue) + (sum >> 32);
        return Fold((uint)sum);
    }
}
