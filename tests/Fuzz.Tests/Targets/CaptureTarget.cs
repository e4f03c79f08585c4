using System.Buffers.Binary;
using Culvert.Tools.Captures;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// A capture file: it is refused with a reason, or its records lie inside it, and what is written of them reads back the same.
/// </summary>
internal sealed class CaptureTarget : FuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-fuzz-captures-").FullName;

    public override IEnumerable<byte[]> Seeds =>
    [
        Written("a.pcap", nanoseconds: false, LinkType.RawIp), Written("b.pcap", nanoseconds: true, LinkType.Ethernet),
        Written("c.pcapng", nanoseconds: true, LinkType.LinuxCooked), Written("d.pcapng", nanoseconds: true, LinkType.LinuxCooked2), BigEndian(),
    ];

    public override int MaxLength => 1200;

    public override void Run(byte[] input)
    {
        var read = Read(input);
        if (read.Count == 0)
        {
            return;
        }

        using var bytes = new MemoryStream();
        using (var writer = new PcapNgWriter(bytes))
        {
            var on = read.Select(record => record.Type).Distinct().ToDictionary(type => type, type => writer.AddInterface("a", type));
            foreach (var (type, time, data, length) in read)
            {
                writer.Write(on[type], time, [], data, length);
            }
        }

        var again = Read(bytes.ToArray());
        Assert.Equal(read.Count, again.Count);
        foreach (var (one, other) in read.Zip(again))
        {
            Assert.True(one.Type == other.Type && one.Time == other.Time && one.Length == other.Length && one.Data.AsSpan().SequenceEqual(other.Data),
                $"{one} is {other} when it was written and read again");
        }
    }

    public override void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<(LinkType Type, long Time, byte[] Data, long Length)> Read(byte[] file)
    {
        var records = new List<(LinkType, long, byte[], long)>();
        try
        {
            using var reader = CaptureReader.Open(new MemoryStream(file));
            while (reader.TryRead(out var record))
            {
                Assert.True(record.Data.Length <= file.Length);
                records.Add((record.LinkType, record.Timestamp, record.Data.ToArray(), record.OriginalLength));
                if (LinkLayer.TryFindIp(record.LinkType, record.Data, out var offset))
                {
                    Assert.True(offset <= record.Data.Length);
                }
            }
        }
        catch (CaptureException)
        {
            // What came before it is valid.
        }

        return records;
    }

    private byte[] Written(string name, bool nanoseconds, LinkType type)
    {
        var path = Path.Combine(_folder, name);
        using (var writer = CaptureWriter.Create(path, nanoseconds))
        {
            var on = writer.AddInterface("tun", type);
            foreach (var (i, packet) in SeedPackets.All[..6].Index())
            {
                writer.Write(on, 1_700_000_000_000_000_000 + i, LinkLayer.MakeHeader(type, packet), packet, packet.Length + (i * 10), i == 2 ? "two" : null);
            }
        }

        return File.ReadAllBytes(path);
    }

    // The classic format of a machine of the other byte order, which the writer does not write.
    private static byte[] BigEndian()
    {
        var packet = SeedPackets.All[0];
        var bytes = new byte[24 + 16 + packet.Length];
        ReadOnlySpan<uint> header = [0xA1B2C3D4, 0x00020004, 0, 0, 65535, 101, 1, 2, (uint)packet.Length, (uint)packet.Length];
        foreach (var (i, word) in header.ToArray().Index())
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), word);
        }

        packet.CopyTo(bytes, 40);
        return bytes;
    }
}
