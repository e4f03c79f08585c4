using System.Buffers.Binary;

namespace Culvert.Tools.Captures;

/// <summary>The classic pcap format: a header of 24 bytes, then records with a header of 16 bytes each.</summary>
internal sealed class PcapReader : CaptureReader
{
    private readonly bool _bigEndian;
    private readonly LinkType _linkType;

    public PcapReader(CaptureInput input, uint magic)
        : base(input)
    {
        (_bigEndian, IsNanoseconds) = magic switch
        {
            PcapFormat.Microseconds => (false, false),
            PcapFormat.Nanoseconds => (false, true),
            _ when BinaryPrimitives.ReverseEndianness(magic) == PcapFormat.Microseconds => (true, false),
            _ when BinaryPrimitives.ReverseEndianness(magic) == PcapFormat.Nanoseconds => (true, true),
            _ when (magic & ushort.MaxValue) == PcapFormat.Gzip => throw new CaptureException(
                "the file is compressed; unpack it first, or pipe it in: gzip -dc FILE | culvert … --in -", 0, 0),
            _ => throw new CaptureException($"it begins with {BinaryPrimitives.ReverseEndianness(magic):x8}: neither pcap nor pcapng", 0, 0),
        };
        var available = input.Ensure(PcapFormat.FileHeader);
        if (available < PcapFormat.FileHeader)
        {
            throw new CaptureException($"the file ends after {available} of the header's {PcapFormat.FileHeader} bytes", 0, 0);
        }

        var header = input.Take(PcapFormat.FileHeader);
        var version = Read16(header[PcapFormat.Version..]);
        if (version != PcapFormat.MajorVersion)
        {
            throw new CaptureException($"pcap version {version} is not supported, only {PcapFormat.MajorVersion}", 0, 0);
        }

        _linkType = (LinkType)(Read32(header[PcapFormat.Network..]) & PcapFormat.LinkTypeMask);
        if (!LinkLayer.IsKnown(_linkType))
        {
            throw new CaptureException($"link type {(int)_linkType} is not supported; {LinkLayer.Remedy}", 0, 0);
        }
    }

    public override bool IsNanoseconds { get; }

    public override bool TryRead(out CaptureRecord record)
    {
        record = default;
        var offset = Input.Position;
        var number = Count + 1;
        var available = Input.Ensure(PcapFormat.RecordHeader);
        if (available == 0)
        {
            return false;
        }

        if (available < PcapFormat.RecordHeader)
        {
            throw new CaptureException(
                $"the file ends after {available} of the record header's {PcapFormat.RecordHeader} bytes", number, offset);
        }

        var header = Input.Take(PcapFormat.RecordHeader);
        long seconds = Read32(header[PcapFormat.Seconds..]);
        long fraction = Read32(header[PcapFormat.Fraction..]);
        var captured = Read32(header[PcapFormat.CapturedLength..]);
        var original = Read32(header[PcapFormat.OriginalLength..]);
        if (captured > MaxRecord)
        {
            throw new CaptureException(
                $"the record claims {captured} bytes, more than any capture holds ({MaxRecord}): the file is corrupt here", number, offset);
        }

        available = Input.Ensure((int)captured);
        if (available < captured)
        {
            throw new CaptureException($"the file ends after {available} of the record's {captured} bytes", number, offset);
        }

        Count = number;
        record = new CaptureRecord
        {
            Number = number,
            Timestamp = (seconds * PcapFormat.NanosecondsPerSecond) + (IsNanoseconds ? fraction : fraction * 1000),
            LinkType = _linkType,
            Data = Input.Take((int)captured),
            OriginalLength = original,
        };
        return true;
    }

    private uint Read32(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ushort Read16(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
