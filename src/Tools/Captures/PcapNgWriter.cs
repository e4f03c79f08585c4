using System.Buffers.Binary;
using System.Text;

namespace Culvert.Tools.Captures;

/// <summary>Writes the pcapng format in little-endian order: any number of named interfaces, times in nanoseconds, comments.</summary>
internal sealed class PcapNgWriter : CaptureWriter
{
    private const byte Nanoseconds = 9;
    private const int LongestComment = 60_000;

    private readonly Stream _stream;
    private int _interfaces;

    public PcapNgWriter(Stream stream)
    {
        _stream = stream;
        Span<byte> body = stackalloc byte[PcapNgFormat.SectionOptions];
        BinaryPrimitives.WriteUInt32LittleEndian(body[PcapNgFormat.SectionMagic..], PcapNgFormat.ByteOrderMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(body[PcapNgFormat.SectionMajor..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(body[PcapNgFormat.SectionMinor..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(body[PcapNgFormat.SectionLength..], -1);
        WriteBlock(PcapNgFormat.SectionHeader, body, [], [], Options((PcapNgFormat.OptionUserApplication, "culvert"u8.ToArray())));
    }

    public override int AddInterface(string name, LinkType linkType)
    {
        Span<byte> body = stackalloc byte[PcapNgFormat.InterfaceOptions];
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.InterfaceLinkType..], (int)linkType);
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.InterfaceSnapLength..], CaptureReader.MaxRecord);
        WriteBlock(PcapNgFormat.InterfaceDescription, body, [], [], Options(
            (PcapNgFormat.OptionInterfaceName, Encoding.UTF8.GetBytes(name)), (PcapNgFormat.OptionTimeResolution, [Nanoseconds])));
        return _interfaces++;
    }

    public override void Write(
        int on, long timestamp, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, int originalLength, string? comment = null)
    {
        Span<byte> body = stackalloc byte[PcapNgFormat.PacketData];
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.PacketInterface..], on);
        BinaryPrimitives.WriteUInt32LittleEndian(body[PcapNgFormat.PacketTimeHigh..], (uint)(timestamp >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(body[PcapNgFormat.PacketTimeLow..], (uint)timestamp);
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.PacketCaptured..], header.Length + data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(body[PcapNgFormat.PacketOriginal..], originalLength);
        WriteBlock(PcapNgFormat.EnhancedPacket, body, header, data, CommentOption(comment));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }
    }

    private static byte[] CommentOption(string? comment)
    {
        if (string.IsNullOrEmpty(comment))
        {
            return [];
        }

        var text = Encoding.UTF8.GetBytes(comment.Length > LongestComment / 4 ? comment[..(LongestComment / 4)] : comment);
        return Options((PcapNgFormat.OptionComment, text));
    }

    private static byte[] Options(params ReadOnlySpan<(ushort Code, byte[] Value)> options)
    {
        using var bytes = new MemoryStream();
        Span<byte> header = stackalloc byte[PcapNgFormat.OptionHeader];
        foreach (var (code, value) in options)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header, code);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)value.Length);
            bytes.Write(header);
            bytes.Write(value);
            bytes.SetLength(PcapNgFormat.Padded((int)bytes.Length));
            bytes.Position = bytes.Length;
        }

        header.Clear();
        bytes.Write(header);
        return bytes.ToArray();
    }

    private void WriteBlock(
        uint type, ReadOnlySpan<byte> body, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, ReadOnlySpan<byte> options)
    {
        var content = header.Length + data.Length;
        var padding = PcapNgFormat.Padded(content) - content;
        var length = PcapNgFormat.MinBlock + body.Length + content + padding + options.Length;
        Span<byte> frame = stackalloc byte[PcapNgFormat.BlockHeader];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, type);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], length);
        _stream.Write(frame);
        _stream.Write(body);
        _stream.Write(header);
        _stream.Write(data);
        ReadOnlySpan<byte> zeros = [0, 0, 0];
        _stream.Write(zeros[..padding]);
        _stream.Write(options);
        _stream.Write(frame[4..]);
    }
}
