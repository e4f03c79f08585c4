using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Culvert.Wire;

/// <summary>
/// Reads and writes the fields of a header, in network order. <c>Replace</c> writes a field and updates the checksum that covers it by
/// RFC 1624, so that a checksum that was wrong stays wrong by the same amount. All offsets count from the first byte that the checksum
/// covers. Offsets are the caller's constants; a view has proved them.
/// </summary>
internal static class HeaderField
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Read16(ReadOnlySpan<byte> header, int field) => BinaryPrimitives.ReadUInt16BigEndian(header[field..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read32(ReadOnlySpan<byte> header, int field) => BinaryPrimitives.ReadUInt32BigEndian(header[field..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write16(Span<byte> header, int field, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(header[field..], value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write32(Span<byte> header, int field, uint value) => BinaryPrimitives.WriteUInt32BigEndian(header[field..], value);

    /// <summary>Writes a 16-bit field at any offset, odd ones included, and updates the checksum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Replace16(Span<byte> header, int field, ushort value, int checksum)
    {
        Write16(header, checksum, InternetChecksum.Update16(Read16(header, checksum), Read16(header, field), value, field));
        Write16(header, field, value);
    }

    /// <summary>Writes a 32-bit field at an even offset and updates the checksum.</summary>
    public static void Replace32(Span<byte> header, int field, uint value, int checksum)
    {
        var old = Read32(header, field);
        var sum = InternetChecksum.Update16(Read16(header, checksum), (ushort)(old >> 16), (ushort)(value >> 16));
        Write16(header, checksum, InternetChecksum.Update16(sum, (ushort)old, (ushort)value));
        Write32(header, field, value);
    }

    /// <summary>Writes one byte and updates the checksum.</summary>
    public static void Replace8(Span<byte> header, int field, byte value, int checksum)
    {
        var shift = (field & 1) == 0 ? 8 : 0;
        var sum = InternetChecksum.Update16(Read16(header, checksum), (ushort)(header[field] << shift), (ushort)(value << shift));
        Write16(header, checksum, sum);
        header[field] = value;
    }

    /// <summary>
    /// The UDP checksum after a 16-bit word changed: 0 (none computed, RFC 768) stays 0, and a result of 0 is sent as ffff.
    /// </summary>
    public static ushort UpdateUdp(ushort checksum, ushort old, ushort value) =>
        checksum == 0 ? checksum : InternetChecksum.ToUdp(InternetChecksum.Update16(checksum, old, value));
}
