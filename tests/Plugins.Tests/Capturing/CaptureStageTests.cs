using Culvert.Endpoints.Captures;
using Culvert.Filtering;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Capture;
using Culvert.Testing;
using Culvert.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Plugins.Tests.Capturing;

/// <summary>Packets that match are in the files, all packets pass.</summary>
public sealed class CaptureStageTests : IDisposable
{
    private static readonly byte[] _dns = PacketBuilder.Ipv4().Udp(40000, 53).Payload(100).Build();
    private static readonly byte[] _web = PacketBuilder.Ipv4().Tcp().Payload(100).Build();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-capture-stage-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void It_keeps_the_laws(Direction direction)
    {
        using var harness = Start(Options());
        ConformanceLaws.CheckAll(harness, [_dns, _web, PacketBuilder.Ipv6().Tcp().Payload(1300).Build()], direction);
    }

    [Fact]
    public void What_matches_is_written_and_all_pass()
    {
        using (var harness = Start(Options() with { Match = Parse("udp port 53"), SnapLength = 40 }))
        {
            Assert.Equal([_dns, _web], harness.Outbound(_dns, _web).Packets);
            Assert.Equal([_dns], harness.Inbound(_dns).Packets);
            Assert.Equal(2, harness.Context.Count("captured"));
        }

        var records = PcapNgRecords.Read(File.ReadAllBytes(Assert.Single(_folder.GetFiles("live_00001.pcapng")).FullName));
        Assert.Equal([false, true], records.Select(record => record.IsInbound));
        Assert.All(records, record => Assert.Equal((40, _dns.Length), (record.Data.Length, record.OriginalLength)));
    }

    [Fact]
    public void Above_the_rate_packets_pass_and_are_skipped_and_counted()
    {
        using var harness = Start(Options() with { Rate = 2 });
        Assert.Equal(5, harness.Outbound(_dns, _dns, _dns, _dns, _dns).Packets.Count);
        Assert.Equal((2, 3), (harness.Context.Count("captured"), harness.Context.Count("skipped")));
    }

    [Fact]
    public void When_too_many_wait_packets_are_skipped_and_the_loop_goes_on()
    {
        using var harness = Start(Options() with { Rate = 1_000_000, File = new FilePath("x", Path.Combine(_folder.FullName, "missing", "x.pcapng")) });
        for (var i = 0; i < 2 * CopyQueue.Capacity; i++)
        {
            Assert.Single(harness.Outbound(_dns).Packets);
        }

        // What waits is lost when the file cannot be opened; then others are copied.
        Assert.InRange(harness.Context.Count("captured"), CopyQueue.Capacity, 2 * CopyQueue.Capacity);
        Assert.True(SpinWait.SpinUntil(() => harness.Context.Log.Lines.Any(line => line.Contains("cannot be written", StringComparison.Ordinal)), TimeSpan.FromSeconds(30)));
    }

    private CaptureOptions Options() => new() { File = new FilePath("live.pcapng", Path.Combine(_folder.FullName, "live.pcapng")), Ring = new CaptureRing(2, 100_000) };

    private static StageHarness<CaptureStage> Start(CaptureOptions options) =>
        StageHarness.Create<CaptureStage, CaptureOptions>(options, new TestStageContext(new FakeTimeProvider(), id: "capture"));

    private static PacketFilter Parse(string text)
    {
        Assert.True(PacketFilter.TryParse(text, out var filter, out _));
        return filter;
    }
}
