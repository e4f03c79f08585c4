using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Tools.Captures;
using Culvert.Testing;
using Culvert.Tests.Support;
using Culvert.Wire;
using VerifyXunit;

namespace Tools.Tests.Explain;

/// <summary>What a person and a program are told of a packet's way, and what Wireshark finds in the pcapng.</summary>
public sealed class ExplainCommandTests
{
    private const string OriginIn =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307";

    private const string OriginOut1 =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df030100000204057d0402080a0862b134081b5bcd01030307";

    [Fact(DisplayName = "A1: the report's reply packet: MSS 8961 → 1405 by mss-clamp, checksum e771 → 04f6, right before and after")]
    public async Task TheReportsPacket()
    {
        using var folder = new ScratchFolder();
        var (code, output, error) = await CommandLine.Run("explain", "--hex", OriginIn, folder.WritePipeline());
        Assert.Equal((0, ""), (code, error));
        await Verifier.Verify(output);
    }

    [Fact]
    public async Task TheReportsDamagedPacketIsDroppedByTheGuard()
    {
        using var folder = new ScratchFolder();
        var (code, output, error) = await CommandLine.Run(
            "explain", "--hex", OriginOut1, "--direction", "inbound", folder.WritePipeline());
        Assert.Equal((0, ""), (code, error));
        await Verifier.Verify(output);
    }

    [Fact]
    public async Task JsonSaysTheSame()
    {
        using var folder = new ScratchFolder();
        var (code, output, _) = await CommandLine.Run("explain", "--hex", OriginIn, "--format", "json", folder.WritePipeline());
        Assert.Equal(0, code);
        Assert.NotNull(JsonNode.Parse(output));
        await Verifier.Verify(output);
    }

    [Fact]
    public async Task ACaptureIsExplainedPacketByPacket()
    {
        using var folder = new ScratchFolder();
        var capture = folder.File("in.pcapng");
        using (var writer = CaptureWriter.Create(capture, nanoseconds: true))
        {
            var ethernet = writer.AddInterface("eth0", LinkType.Ethernet);
            const long time = 1_700_000_000_123_456_000;
            byte[][] frames =
            [
                PacketBuilder.Ipv4().Ethernet(7, 8).Tcp(flags: TcpFlags.Syn).Mss(1460).Build(),
                PacketBuilder.Ipv4().Ethernet().Tcp().Payload(40).Build(),
                [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1],
                PacketBuilder.Ipv6().Ethernet().Udp().ChecksumError(1).Payload(5).Build(),
            ];
            foreach (var frame in frames)
            {
                writer.Write(ethernet, time, [], frame, frame.Length);
            }
        }

        var pipeline = folder.WritePipeline();
        var (code, all, error) = await CommandLine.Run("explain", "--in", capture, pipeline);
        var (_, changed, _) = await CommandLine.Run("explain", "--in", capture, "--changed", pipeline);
        var (_, json, _) = await CommandLine.Run("explain", "--in", capture, "--format", "json", "--changed", pipeline);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal([1, 4], JsonNode.Parse(json)!.AsArray().Select(story => story!["packet"]!.GetValue<int>()));
        Assert.DoesNotContain("packet 2", changed, StringComparison.Ordinal);
        await Verifier.Verify(all);
    }

    [Fact]
    public async Task WiresharkOpensThePcapNg()
    {
        using var folder = new ScratchFolder();
        var pipeline = folder.WritePipeline();
        var capture = folder.Write("in.pcap", Pcap(Convert.FromHexString(OriginIn), Convert.FromHexString(OriginOut1)));
        var stories = folder.File("stories.pcapng");
        var (code, _, _) = await CommandLine.Run("explain", "--in", capture, "--pcapng", stories, pipeline);
        Assert.Equal(0, code);
        await Verifier.Verify(await Tshark(
            stories, "frame.interface_name", "frame.comment", "tcp.options.mss_val", "tcp.checksum", "tcp.checksum.status"));
    }

    [Theory]
    [InlineData("450", "--hex: 3 digits are no whole bytes; a byte has two\n")]
    [InlineData("45 0z", "--hex: 'z' is no hexadecimal digit\n")]
    [InlineData(" ", "--hex: there are no bytes\n")]
    public async Task WrongHexIsTold(string hex, string message)
    {
        using var folder = new ScratchFolder();
        var (code, output, error) = await CommandLine.Run("explain", "--hex", hex, folder.WritePipeline());
        Assert.Equal((2, "", message), (code, output, error));
    }

    [Fact]
    public async Task HexMayBePastedAsItComes()
    {
        using var folder = new ScratchFolder();
        var pasted = "0x" + string.Join(":", OriginIn.Chunk(2).Select(pair => new string(pair))) + "\n";
        var (_, plain, _) = await CommandLine.Run("explain", "--hex", OriginIn, folder.WritePipeline());
        var (_, output, _) = await CommandLine.Run("explain", "--hex", pasted, folder.WritePipeline());
        Assert.Equal(plain, output);
    }

    [Fact]
    public async Task NoPacketsOrTwoSourcesAreAWrongCommandLine()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(2, (await CommandLine.Run("explain", folder.WritePipeline())).Code);
        Assert.Equal(2, (await CommandLine.Run("explain", "--hex", "45", "--in", "x", folder.WritePipeline())).Code);
    }

    [Fact]
    public async Task AnyBytesAreExplained()
    {
        using var folder = new ScratchFolder();
        var random = new Random(17);
        var packets = new byte[300][];
        for (var i = 0; i < packets.Length; i++)
        {
            packets[i] = Convert.FromHexString(OriginIn);
            for (var change = random.Next(6); change > 0; change--)
            {
                packets[i][random.Next(packets[i].Length)] = (byte)random.Next(256);
            }

            packets[i] = packets[i][..random.Next(packets[i].Length + 1)];
        }

        var capture = folder.Write("in.pcap", Pcap(packets));
        var (code, output, error) = await CommandLine.Run("explain", "--in", capture, "--format", "json", folder.WritePipeline());
        Assert.Equal((0, ""), (code, error));
        Assert.True(JsonNode.Parse(output)!.AsArray().Count > 250);
    }

    internal static byte[] Pcap(params byte[][] packets)
    {
        var bytes = Captures.CaptureBytes.Pcap(bigEndian: false, nanoseconds: true, (int)LinkType.RawIp);
        for (var i = 0; i < packets.Length; i++)
        {
            bytes.PcapRecord((uint)(1_700_000_000 + i), 5, packets[i]);
        }

        return bytes.ToArray();
    }

    internal static async Task<string> Tshark(string capture, params string[] fields)
    {
        Requires.Tool("tshark");
        var start = new ProcessStartInfo("tshark") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["-r", capture, "-o", "tcp.check_checksum:TRUE", "-T", "fields", .. fields.SelectMany(field => new[] { "-e", field })];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = new StringBuilder(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return text.Replace('\t', '|').ToString();
    }
}
