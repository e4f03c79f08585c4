using System.Buffers.Binary;
using Culvert.Endpoints.Captures;

namespace Culvert.Tools.Captures;

/// <summary>Writes the pcap format in little-endian order: one link type, no comments.</summary>
internal sealed class PcapWriter(Stream stream, bool nanoseconds) : CaptureWriter
{
    private LinkType? _linkType;

    public override int AddInterface(string name, LinkType linkType)
    {
        if (_linkType is { } known)
        {
            return known == linkType
                ? 0
                : throw new InvalidDataException($"a pcap file has frames of one link type, not of {known} and {linkType}; write a .pcapng");
        }

        _linkType = linkType;
        WriteHeader(linkType);
        return 0;
    }

    public override void Write(
        int on, long timestamp, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, long originalLength, string? comment = null)
    {
        const int NanosecondsPerMicrosecond = 1000;
        Span<byte> record = stackalloc byte[PcapFormat.RecordHeader];
        var (seconds, fraction) = Math.DivRem(timestamp, PcapFormat.NanosecondsPerSecond);
        BinaryPrimitives.WriteUInt32LittleEndian(record[PcapFormat.Seconds..], (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(
            record[PcapFormat.Fraction..], (uint)(nanoseconds ? fraction : fraction / NanosecondsPerMicrosecond));
        BinaryPrimitives.WriteInt32LittleEndian(record[PcapFormat.CapturedLength..], header.Length + data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[PcapFormat.OriginalLength..], PcapNgFormat.LengthOf(originalLength));
        stream.Write(record);
        stream.Write(header);
        stream.Write(data);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (_linkType is null)
            {
                // A capture without a record is still a capture.
                AddInterface("", LinkType.RawIp);
            }

            stream.Dispose();
        }
    }

    private void WriteHeader(LinkType linkType)
    {
        Span<byte> header = stackalloc byte[PcapFormat.FileHeader];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[PcapFormat.Magic..], nanoseconds ? PcapFormat.Nanoseconds : PcapFormat.Microseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(header[PcapFormat.Version..], PcapFormat.MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(header[PcapFormat.Minor..], PcapFormat.MinorVersion);
        BinaryPrimitives.WriteInt32LittleEndian(header[PcapFormat.SnapLength..], CaptureReader.MaxRecord);
        BinaryPrimitives.WriteInt32LittleEndian(header[PcapFormat.Network..], (int)linkType);
        stream.Write(header);
    }
}
