using System.Buffers;
using Culvert.Endpoints.Captures;

namespace Culvert.Tools.Captures;

/// <summary>Writes the pcapng format: any number of named interfaces, times in nanoseconds, comments.</summary>
internal sealed class PcapNgWriter : CaptureWriter
{
    private readonly ArrayBufferWriter<byte> _block = new();
    private readonly PcapNgBlocks _blocks;
    private readonly Stream _stream;

    public PcapNgWriter(Stream stream)
    {
        _stream = stream;
        _blocks = new PcapNgBlocks(_block);
        _blocks.WriteSection();
        Flush();
    }

    public override int AddInterface(string name, LinkType linkType)
    {
        var number = _blocks.WriteInterface(name, linkType: (int)linkType);
        Flush();
        return number;
    }

    public override void Write(
        int on, long timestamp, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, long originalLength, string? comment = null)
    {
        _blocks.WritePacket(on, timestamp, header, data, originalLength, comment);
        Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }
    }

    private void Flush()
    {
        _stream.Write(_block.WrittenSpan);
        _block.ResetWrittenCount();
    }
}
