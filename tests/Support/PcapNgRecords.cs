using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Culvert.Tests.Support;

/// <summary>One packet of a pcapng.</summary>
/// <param name="Interface">The name of its interface.</param>
/// <param name="Data">The bytes.</param>
/// <param name="OriginalLength">The length on the wire.</param>
/// <param name="Comment">Its comment; null for none.</param>
/// <param name="IsInbound">Its direction.</param>
public sealed record PcapNgRecord(string Interface, byte[] Data, int OriginalLength, string? Comment, bool IsInbound);

/// <summary>Reads a little-endian pcapng with code of its own, so that a mistake of the writer is not undone by the reader's.</summary>
public static class PcapNgRecords
{
    /// <summary>Reads all packets.</summary>
    public static IReadOnlyList<PcapNgRecord> Read(ReadOnlySpan<byte> file)
    {
        var interfaces = new List<string>();
        var records = new List<PcapNgRecord>();
        while (!file.IsEmpty)
        {
            var (type, length) = (BinaryPrimitives.ReadUInt32LittleEndian(file), BinaryPrimitives.ReadInt32LittleEndian(file[4..]));
            Assert.Equal(length, BinaryPrimitives.ReadInt32LittleEndian(file[(length - 4)..]));
            var body = file[8..(length - 4)];
            if (type == 1)
            {
                interfaces.Add(Encoding.UTF8.GetString(Option(body[8..], 2)!));
            }
            else if (type == 6)
            {
                var captured = BinaryPrimitives.ReadInt32LittleEndian(body[12..]);
                var options = body[(20 + ((captured + 3) & ~3))..];
                records.Add(new PcapNgRecord(
                    interfaces[BinaryPrimitives.ReadInt32LittleEndian(body)], body.Slice(20, captured).ToArray(),
                    BinaryPrimitives.ReadInt32LittleEndian(body[16..]), Option(options, 1) is { } comment ? Encoding.UTF8.GetString(comment) : null,
                    Option(options, 2) is [1, ..]));
            }

            file = file[length..];
        }

        return records;
    }

    private static byte[]? Option(ReadOnlySpan<byte> options, int code)
    {
        while (options.Length >= 4 && BinaryPrimitives.ReadUInt16LittleEndian(options) is > 0 and var found)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(options[2..]);
            if (found == code)
            {
                return options.Slice(4, length).ToArray();
            }

            options = options[(4 + ((length + 3) & ~3))..];
        }

        return null;
    }
}
