using System.Buffers.Binary;
using Culvert.Endpoints.Captures;

namespace Culvert.Tools.Captures;

/// <summary>
/// The pcapng format: blocks, in sections with a byte order and interfaces of their own. Reads Enhanced, Simple and the obsolete Packet
/// Blocks, and passes over every other kind.
/// </summary>
internal sealed class PcapNgReader : CaptureReader
{
    private readonly List<CaptureInterface> _interfaces = [];
    private bool _bigEndian;

    public PcapNgReader(CaptureInput input)
        : base(input)
    {
        ReadSection(record: 0, input.Position);
    }

    // A later interface, or a later section's, may have finer times than the first one.
    public override bool IsNanoseconds => true;

    public override bool TryRead(out CaptureRecord record)
    {
        record = default;
        while (true)
        {
            var offset = Input.Position;
            var number = Count + 1;
            switch (PeekType())
            {
                case null when Input.Ensure(1) == 0:
                    return false;
                case null:
                    throw new CaptureException($"the file ends after {Input.Ensure(PcapNgFormat.BlockHeader)} bytes of a block", number, offset);
                case PcapNgFormat.SectionHeader:
                    ReadSection(number, offset);
                    break;
                case PcapNgFormat.InterfaceDescription:
                    ReadInterface(TakeBlock(number, offset), number, offset);
                    break;
                case PcapNgFormat.EnhancedPacket:
                    record = ReadPacket(TakeBlock(number, offset), number, offset, obsolete: false);
                    return true;
                case PcapNgFormat.ObsoletePacket:
                    record = ReadPacket(TakeBlock(number, offset), number, offset, obsolete: true);
                    return true;
                case PcapNgFormat.SimplePacket:
                    record = ReadSimple(TakeBlock(number, offset), number, offset);
                    return true;
                default:
                    SkipBlock(number, offset);
                    break;
            }
        }
    }

    private uint? PeekType() => Input.Ensure(PcapNgFormat.BlockHeader) < PcapNgFormat.BlockHeader
        ? null
        : Read32(Input.Peek(PcapNgFormat.BlockHeader));

    private void ReadSection(long record, long offset)
    {
        const int WithMagic = PcapNgFormat.BlockHeader + sizeof(uint);
        if (Input.Ensure(WithMagic) < WithMagic)
        {
            throw new CaptureException("the file ends inside a section header", record, offset);
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(Input.Peek(WithMagic)[PcapNgFormat.BlockHeader..]);
        _bigEndian = magic switch
        {
            PcapNgFormat.ByteOrderMagic => false,
            _ when BinaryPrimitives.ReverseEndianness(magic) == PcapNgFormat.ByteOrderMagic => true,
            _ => throw new CaptureException($"the section's byte order magic is {magic:x8}: the file is corrupt here", record, offset),
        };
        var body = TakeBlock(record, offset);
        if (body.Length < PcapNgFormat.SectionOptions)
        {
            throw TooShort("section header", body.Length, record, offset);
        }

        var major = Read16(body[PcapNgFormat.SectionMajor..]);
        if (major != 1)
        {
            throw new CaptureException($"pcapng version {major} is not supported, only 1", record, offset);
        }

        _interfaces.Clear();
    }

    private void ReadInterface(ReadOnlySpan<byte> body, long record, long offset)
    {
        if (body.Length < PcapNgFormat.InterfaceOptions)
        {
            throw TooShort("interface description", body.Length, record, offset);
        }

        var unitsPerSecond = 1_000_000UL;
        long secondsOffset = 0;
        var options = body[PcapNgFormat.InterfaceOptions..];
        while (options.Length >= PcapNgFormat.OptionHeader)
        {
            var code = Read16(options);
            int length = Read16(options[2..]);
            options = options[PcapNgFormat.OptionHeader..];
            if (code == PcapNgFormat.OptionEnd || length > options.Length)
            {
                break;
            }

            if (code == PcapNgFormat.OptionTimeResolution && length == 1)
            {
                unitsPerSecond = CaptureInterface.UnitsOf(options[0])
                    ?? throw new CaptureException($"a time resolution of {options[0]:x2} is not supported", record, offset);
            }
            else if (code == PcapNgFormat.OptionTimeOffset && length == sizeof(long))
            {
                secondsOffset = _bigEndian
                    ? BinaryPrimitives.ReadInt64BigEndian(options)
                    : BinaryPrimitives.ReadInt64LittleEndian(options);
            }

            options = options[Math.Min(PcapNgFormat.Padded(length), options.Length)..];
        }

        _interfaces.Add(new CaptureInterface(
            Read16(body[PcapNgFormat.InterfaceLinkType..]), Read32(body[PcapNgFormat.InterfaceSnapLength..]), unitsPerSecond, secondsOffset));
    }

    private CaptureRecord ReadPacket(Span<byte> body, long number, long offset, bool obsolete)
    {
        if (body.Length < PcapNgFormat.PacketData)
        {
            throw TooShort("packet", body.Length, number, offset);
        }

        var index = obsolete ? Read16(body[PcapNgFormat.PacketInterface..]) : Read32(body[PcapNgFormat.PacketInterface..]);
        var from = InterfaceAt(index, number, offset);
        var units = ((ulong)Read32(body[PcapNgFormat.PacketTimeHigh..]) << 32) | Read32(body[PcapNgFormat.PacketTimeLow..]);
        var captured = Read32(body[PcapNgFormat.PacketCaptured..]);
        var original = Read32(body[PcapNgFormat.PacketOriginal..]);
        var timestamp = from.Nanoseconds(units)
            ?? throw new CaptureException("the record's time is not between 1970 and 2262: the file is corrupt here", number, offset);
        return MakeRecord(body[PcapNgFormat.PacketData..], captured, original, from, timestamp, number, offset);
    }

    private CaptureRecord ReadSimple(Span<byte> body, long number, long offset)
    {
        if (body.Length < PcapNgFormat.SimpleData)
        {
            throw TooShort("simple packet", body.Length, number, offset);
        }

        var from = InterfaceAt(0, number, offset);
        var original = Read32(body[PcapNgFormat.SimpleOriginal..]);
        var captured = from.SnapLength == 0 ? original : Math.Min(original, from.SnapLength);
        return MakeRecord(body[PcapNgFormat.SimpleData..], captured, original, from, timestamp: 0, number, offset);
    }

    private CaptureRecord MakeRecord(
        Span<byte> data, uint captured, uint original, CaptureInterface from, long timestamp, long number, long offset)
    {
        if (captured > data.Length || captured > MaxRecord)
        {
            throw new CaptureException(
                $"the record claims {captured} bytes, its block has room for {data.Length}: the file is corrupt here", number, offset);
        }

        Count = number;
        return new CaptureRecord
        {
            Number = number,
            Timestamp = timestamp,
            LinkType = (LinkType)from.LinkType,
            Data = data[..(int)captured],
            OriginalLength = original,
        };
    }

    private CaptureInterface InterfaceAt(uint index, long number, long offset) => index < _interfaces.Count
        ? _interfaces[(int)index]
        : throw new CaptureException(
            $"the record names interface {index}, the section has described {_interfaces.Count}: the file is corrupt here", number, offset);

    private int BlockLength(long record, long offset)
    {
        var length = Read32(Input.Peek(PcapNgFormat.BlockHeader)[4..]);
        if (length < PcapNgFormat.MinBlock || length % 4 != 0 || length > int.MaxValue)
        {
            throw new CaptureException($"a block claims a length of {length} bytes: the file is corrupt here", record, offset);
        }

        return (int)length;
    }

    private Span<byte> TakeBlock(long record, long offset)
    {
        var length = BlockLength(record, offset);
        if (length > PcapNgFormat.MaxBlock)
        {
            throw new CaptureException($"a block claims a length of {length} bytes: the file is corrupt here", record, offset);
        }

        var available = Input.Ensure(length);
        if (available < length)
        {
            throw new CaptureException($"the file ends after {available} of the block's {length} bytes", record, offset);
        }

        var block = Input.Take(length);
        CheckTrailer(block[^PcapNgFormat.BlockTrailer..], length, record, offset);
        return block[PcapNgFormat.BlockHeader..^PcapNgFormat.BlockTrailer];
    }

    private void SkipBlock(long record, long offset)
    {
        var length = BlockLength(record, offset);
        if (!Input.Skip(length - PcapNgFormat.BlockTrailer) || Input.Ensure(PcapNgFormat.BlockTrailer) < PcapNgFormat.BlockTrailer)
        {
            throw new CaptureException($"the file ends inside a block of {length} bytes", record, offset);
        }

        CheckTrailer(Input.Take(PcapNgFormat.BlockTrailer), length, record, offset);
    }

    private void CheckTrailer(ReadOnlySpan<byte> trailer, int length, long record, long offset)
    {
        if (Read32(trailer) != length)
        {
            throw new CaptureException(
                $"a block's length is {length} bytes in front and {Read32(trailer)} behind: the file is corrupt here", record, offset);
        }
    }

    private static CaptureException TooShort(string block, int length, long record, long offset) =>
        new($"a {block} block has only {length} bytes of content: the file is corrupt here", record, offset);

    private uint Read32(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ushort Read16(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
