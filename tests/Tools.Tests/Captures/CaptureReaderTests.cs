using Culvert.Tools.Captures;
using Culvert.Testing;

namespace Tools.Tests.Captures;

/// <summary>Both formats in both byte orders and every resolution; cut and corrupt files; and files of random bytes.</summary>
public sealed class CaptureReaderTests
{
    private const long Second = 1_000_000_000;

    private static readonly byte[] First = PacketBuilder.Ipv4().Tcp().Mss(1460).Build();
    private static readonly byte[] Odd = PacketBuilder.Ipv4().Udp().Payload(5).Build();

    [Theory]
    [InlineData(false, false, 101)]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 228)]
    [InlineData(true, true, 12)]
    [InlineData(false, false, 276)]
    public void ReadsPcap(bool bigEndian, bool nanoseconds, int linkType)
    {
        var file = CaptureBytes.Pcap(bigEndian, nanoseconds, linkType).PcapRecord(7, 500, First).PcapRecord(8, 1, Odd, original: 1500).ToArray();
        Assert.Equal(
            [
                new(1, (7 * Second) + (nanoseconds ? 500 : 500_000), (LinkType)linkType, Convert.ToHexString(First), First.Length),
                new(2, (8 * Second) + (nanoseconds ? 1 : 1000), (LinkType)linkType, Convert.ToHexString(Odd), 1500),
            ],
            ReadAll(file, out var error));
        Assert.Null(error);
        using var reader = CaptureReader.Open(new MemoryStream(file));
        Assert.Equal(nanoseconds, reader.IsNanoseconds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadsPcapNg(bool bigEndian)
    {
        var file = CaptureBytes.PcapNg(bigEndian).Interface(1).Interface(101, resolution: 9, timeOffset: 100)
            .Interface(101, resolution: 0x80 | 10, snapLength: 20)
            .Enhanced(0, 3_000_007, Odd).Block(5, b => b.U32(1).U32(2).U32(3)).Enhanced(1, (3UL << 32) | 5, First, original: 9000)
            .Enhanced(2, 512, First).Obsolete(1, 9, First)
            .Section().Interface(229, snapLength: 20).Simple(First[..20], original: 60).ToArray();
        Assert.Equal(
            [
                new(1, 3_000_007_000, LinkType.Ethernet, Convert.ToHexString(Odd), Odd.Length),
                new(2, (3L << 32) + 5 + (100 * Second), LinkType.RawIp, Convert.ToHexString(First), 9000),
                new(3, Second / 2, LinkType.RawIp, Convert.ToHexString(First), First.Length),
                new(4, 9 + (100 * Second), LinkType.RawIp, Convert.ToHexString(First), First.Length),
                new(5, 0, LinkType.Ipv6, Convert.ToHexString(First[..20]), 60),
            ],
            ReadAll(file, out var error));
        Assert.Null(error);
    }

    [Fact]
    public void AnEmptyCaptureHasNoRecords()
    {
        Assert.Empty(ReadAll(CaptureBytes.Pcap(false, false, 101).ToArray(), out var pcap));
        Assert.Empty(ReadAll(CaptureBytes.PcapNg(false).ToArray(), out var pcapNg));
        Assert.Null(pcap ?? pcapNg);
    }

    public static TheoryData<string, byte[], int, string> Broken => new()
    {
        { "empty", [], 0, "header at byte 0: the file has 0 bytes: no capture, not even an empty one" },
        { "text", "hello, world"u8.ToArray(), 0, "header at byte 0: it begins with 68656c6c: neither pcap nor pcapng" },
        { "gzip", [0x1f, 0x8b, 8, 0, 0], 0,
            "header at byte 0: the file is compressed; unpack it first, or pipe it in: gzip -dc FILE | culvert … --in -" },
        { "pcap header cut", CaptureBytes.Pcap(false, false, 101).ToArray()[..10], 0,
            "header at byte 0: the file ends after 10 of the header's 24 bytes" },
        { "pcap link type", CaptureBytes.Pcap(false, false, 127).ToArray(), 0,
            "header at byte 0: link type 127 is not supported; capture raw IP (a TUN device), Ethernet, or with 'tcpdump -i any'" },
        { "pcap record header cut", CaptureBytes.Pcap(true, false, 101).PcapRecord(1, 2, First).U32(3).ToArray(), 1,
            "record 2 at byte 84: the file ends after 4 of the record header's 16 bytes" },
        { "pcap record cut", CaptureBytes.Pcap(true, false, 101).PcapRecord(1, 2, First).PcapRecord(1, 3, First).ToArray()[..^1], 1,
            "record 2 at byte 84: the file ends after 43 of the record's 44 bytes" },
        { "pcap length", CaptureBytes.Pcap(false, false, 101).PcapRecord(1, 2, First).U32(1).U32(1).U32(0x7fffffff).U32(9).ToArray(), 1,
            "record 2 at byte 84: the record claims 2147483647 bytes, more than any capture holds (262144): the file is corrupt here" },
        { "pcapng magic", [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 2, 3, 4], 0,
            "header at byte 0: the section's byte order magic is 04030201: the file is corrupt here" },
        { "pcapng interface", CaptureBytes.PcapNg(false).Interface(1).Enhanced(0, 1, First).Enhanced(1, 2, First).ToArray(), 1,
            "record 2 at byte 136: the record names interface 1, the section has described 1: the file is corrupt here" },
        { "pcapng block length", CaptureBytes.PcapNg(false).Interface(1).U32(6).U32(13).ToArray(), 0,
            "record 1 at byte 60: a block claims a length of 13 bytes: the file is corrupt here" },
        { "pcapng trailer", CaptureBytes.PcapNg(false).Interface(1).U32(4).U32(16).U32(0).U32(20).ToArray(), 0,
            "record 1 at byte 60: a block's length is 16 bytes in front and 20 behind: the file is corrupt here" },
        { "pcapng block cut", CaptureBytes.PcapNg(false).Interface(1).Enhanced(0, 1, First).ToArray()[..^5], 0,
            "record 1 at byte 60: the file ends after 71 of the block's 76 bytes" },
        { "pcapng unknown block cut", CaptureBytes.PcapNg(false).Interface(1).U32(77).U32(400).U32(1).ToArray(), 0,
            "record 1 at byte 60: the file ends inside a block of 400 bytes" },
        { "pcapng time before 1970", CaptureBytes.PcapNg(false).Interface(1, timeOffset: long.MinValue).Enhanced(0, 1, First).ToArray(), 0,
            "record 1 at byte 72: the record's time is not between 1970 and 2262: the file is corrupt here" },
        { "pcapng time after 2262", CaptureBytes.PcapNg(false).Interface(1, timeOffset: 1L << 62).Enhanced(0, 1, First).ToArray(), 0,
            "record 1 at byte 72: the record's time is not between 1970 and 2262: the file is corrupt here" },
        { "pcapng record longer than its block",
            CaptureBytes.PcapNg(false).Interface(1).Block(6, b => b.U32(0).U32(0).U32(0).U32(9).U32(9).U32(0)).ToArray(), 0,
            "record 1 at byte 60: the record claims 9 bytes, its block has room for 4: the file is corrupt here" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void SaysWhatIsWrongAndKeepsWhatWasGood(string name, byte[] file, int good, string message)
    {
        Assert.NotEmpty(name);
        Assert.Equal(good, ReadAll(file, out var error).Count);
        Assert.Equal(message, error?.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFileCutAnywhereKeepsTheRecordsBefore(bool pcapNg)
    {
        var file = pcapNg
            ? CaptureBytes.PcapNg(true).Interface(1).Enhanced(0, 1, First).Enhanced(0, 2, Odd).Enhanced(0, 3, First).ToArray()
            : CaptureBytes.Pcap(true, true, 101).PcapRecord(1, 2, First).PcapRecord(1, 3, Odd).PcapRecord(1, 4, First).ToArray();
        var whole = ReadAll(file, out _);
        for (var length = 0; length < file.Length; length++)
        {
            var records = ReadAll(file[..length], out var error);
            Assert.Equal(whole.Take(records.Count), records);
            if (error is not null)
            {
                Assert.Equal(records.Count + (error.Record == 0 ? 0 : 1), (int)error.Record);
                Assert.InRange(error.Offset, 0, length);
            }
        }
    }

    [Fact]
    public void RandomFilesOnlyEverGiveCaptureErrors()
    {
        byte[][] seeds =
        [
            CaptureBytes.Pcap(false, false, 1).PcapRecord(1, 2, First).PcapRecord(1, 3, Odd).ToArray(),
            CaptureBytes.PcapNg(false).Interface(1, 9, 5).Enhanced(0, 1, First).Simple(Odd, 9).Obsolete(0, 4, Odd).Section().ToArray(),
            CaptureBytes.PcapNg(true).Interface(101, 0x8a).Enhanced(0, 1, First).Block(9, b => b.U32(1)).Enhanced(0, 2, Odd).ToArray(),
        ];
        var random = new Random(99);
        var records = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var file = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var change = random.Next(6); change > 0; change--)
            {
                // Small values are where the lengths and kinds lie.
                file[random.Next(file.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(8));
            }

            records += ReadAll(file[..random.Next(file.Length + 1)], out _).Count;
        }

        Assert.True(records > 10_000, $"Only {records} records were read: the files are too broken to prove anything.");
    }

    [Theory]
    [InlineData("out.pcap", false)]
    [InlineData("out.pcap", true)]
    [InlineData("out.pcapng", true)]
    public void WhatIsWrittenIsReadBack(string name, bool nanoseconds)
    {
        using var folder = new ScratchFolder();
        var path = folder.File(name);
        using (var writer = CaptureWriter.Create(path, nanoseconds))
        {
            var on = writer.AddInterface("above", LinkType.Ethernet);
            writer.Write(on, (5 * Second) + 123_456_789, First.AsSpan(0, 3), First.AsSpan(3), First.Length, "changed");
            writer.Write(on, 6 * Second, [], Odd, 1500);
        }

        var fraction = nanoseconds ? 123_456_789 : 123_456_000;
        Assert.Equal(
            [
                new(1, (5 * Second) + fraction, LinkType.Ethernet, Convert.ToHexString(First), First.Length),
                new(2, 6 * Second, LinkType.Ethernet, Convert.ToHexString(Odd), 1500),
            ],
            ReadAll(File.ReadAllBytes(path), out var error));
        Assert.Null(error);
    }

    [Fact]
    public void APcapHoldsOneLinkType()
    {
        using var folder = new ScratchFolder();
        using var writer = CaptureWriter.Create(folder.File("x.pcap"), nanoseconds: false);
        Assert.Equal(writer.AddInterface("a", LinkType.RawIp), writer.AddInterface("b", LinkType.RawIp));
        Assert.Throws<InvalidDataException>(() => writer.AddInterface("c", LinkType.Ethernet));
    }

    internal static List<Read> ReadAll(byte[] file, out CaptureException? error)
    {
        List<Read> records = [];
        error = null;
        try
        {
            using var reader = CaptureReader.Open(new DribblingStream(file));
            while (reader.TryRead(out var record))
            {
                records.Add(new(
                    (int)record.Number, record.Timestamp, record.LinkType, Convert.ToHexString(record.Data), record.OriginalLength));
            }
        }
        catch (CaptureException thrown)
        {
            error = thrown;
        }

        return records;
    }

    internal sealed record Read(int Number, long Timestamp, LinkType LinkType, string Data, long OriginalLength);

    /// <summary>Gives a few bytes a read, as a pipe does.</summary>
    private sealed class DribblingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
    }
}
