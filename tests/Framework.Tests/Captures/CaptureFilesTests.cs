using System.Buffers;
using Culvert.Endpoints.Captures;
using Culvert.Tests.Support;

namespace Framework.Tests.Captures;

public sealed class CaptureFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-ring-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_ring_keeps_the_newest_files_and_each_of_them_is_whole()
    {
        Write(packets: 20, new CaptureRing(3, 100_000));
        Assert.Equal(["live_00005.pcapng", "live_00006.pcapng", "live_00007.pcapng"], Names());
        Assert.Equal([3, 3, 2], Names().Select(name => PcapNgRecords.Read(File.ReadAllBytes(Place(name))).Count));
        Assert.All(Names(), name => Assert.InRange(new FileInfo(Place(name)).Length, 1, 100_200));
    }

    [Fact]
    public void A_second_run_continues_behind_the_numbers_of_the_first_and_counts_its_files()
    {
        File.WriteAllText(Place("live_other.pcapng"), "not one of the ring's");
        Write(packets: 4, new CaptureRing(3, 100_000));
        Write(packets: 4, new CaptureRing(3, 100_000));
        Assert.Equal(["live_00002.pcapng", "live_00003.pcapng", "live_00004.pcapng", "live_other.pcapng"], Names());
    }

    [Fact]
    public void Totals_come_once_at_the_end()
    {
        using var stream = new MemoryStream();
        using (var files = CaptureFiles.To(stream))
        {
            var section = Section(2, out var blocks);
            blocks.WriteStatistics(0, 0, 1, 0, 1);
            blocks.WriteStatistics(0, 0, 2, 5, 7);
            files.Write(section.WrittenSpan);
            Assert.Equal((7, 5), (files.Accepted, files.Skipped));
        }

        var types = Types(stream.ToArray());
        Assert.Equal([0x0A0D0D0Au, 1u, 6u, 6u, 5u], types);
    }

    [Fact]
    public void Half_a_block_waits_for_the_rest()
    {
        using var stream = new MemoryStream();
        using (var files = CaptureFiles.To(stream))
        {
            var section = Section(2, out _).WrittenSpan;
            var taken = files.Write(section[..^10]);
            Assert.Equal(0, files.Write(section[taken..^10]));
            Assert.Equal(section.Length - taken, files.Write(section[taken..]));
        }

        Assert.Equal(2, PcapNgRecords.Read(stream.ToArray()).Count);
    }

    [Fact]
    public void A_file_that_is_no_capture_is_left_alone()
    {
        File.WriteAllText(Place("pipeline.yaml"), "stages: []");
        var refused = Assert.Throws<InvalidDataException>(() => CaptureFile.Open(Place("pipeline.yaml")));
        Assert.Contains("exists and is not a capture; write to another file", refused.Message, StringComparison.Ordinal);
        Assert.Equal("stages: []", File.ReadAllText(Place("pipeline.yaml")));

        File.WriteAllBytes(Place("old.pcapng"), Section(5, out _).WrittenSpan);
        CaptureFile.Open(Place("old.pcapng")).Dispose();
        Assert.Equal(0, new FileInfo(Place("old.pcapng")).Length);
    }

    [Fact]
    public void A_file_with_secrets_is_new_and_its_owners_alone()
    {
        Requires.Linux();
        CaptureFile.Open(Place("secret.pcapng"), isSecret: true).Dispose();
        Assert.True(OperatingSystem.IsLinux() && File.GetUnixFileMode(Place("secret.pcapng")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Throws<InvalidDataException>(() => CaptureFile.Open(Place("secret.pcapng"), isSecret: true));
    }

    [Theory]
    [InlineData("10x100MB", 10, 100_000_000)]
    [InlineData("2×64MiB", 2, 67_108_864)]
    [InlineData("1x100000", 1, 100_000)]
    [InlineData("3 x 1 GB", 3, 1_000_000_000)]
    public void A_ring_is_read(string text, int files, long size)
    {
        Assert.True(CaptureRing.TryParse(text, out var ring));
        Assert.Equal(new CaptureRing(files, size), ring);
        Assert.True(CaptureRing.TryParse(ring.ToString(), out var again));
        Assert.Equal(ring, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("x")]
    [InlineData("0x1MB")]
    [InlineData("10001x1MB")]
    [InlineData("10x99999")]
    [InlineData("10x2000GB")]
    [InlineData("-1x1MB")]
    [InlineData("10x10MBx")]
    public void No_other_text_is_a_ring(string text) => Assert.False(CaptureRing.TryParse(text, out _));

    private void Write(int packets, CaptureRing ring)
    {
        using var files = CaptureFiles.ToRing(Place("live.pcapng"), ring);
        files.Write(Section(packets, out _).WrittenSpan);
    }

    private static ArrayBufferWriter<byte> Section(int packets, out PcapNgBlocks blocks)
    {
        var output = new ArrayBufferWriter<byte>();
        blocks = new PcapNgBlocks(output);
        blocks.WriteSection();
        blocks.WriteInterface("tun:below");
        for (var i = 0; i < packets; i++)
        {
            blocks.WritePacket(0, i, [], new byte[30_000], 30_000);
        }

        return output;
    }

    private static List<uint> Types(ReadOnlySpan<byte> file)
    {
        var types = new List<uint>();
        while (!file.IsEmpty)
        {
            types.Add(BitConverter.ToUInt32(file));
            file = file[BitConverter.ToInt32(file[4..])..];
        }

        return types;
    }

    private string Place(string name) => Path.Combine(_folder.FullName, name);

    private string[] Names() => [.. _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];
}
