using Culvert.Testing;
using Culvert.Wire;
using Tools.Tests.Captures;

namespace Tools.Tests.Conditions;

/// <summary>The spelling of the stages for a site's traffic, as other projects rely on it: each line loads, and does what it says.</summary>
public sealed class SpellingTests
{
    private const string Filter = """
          - stage: filter
            default: drop
            rules:
              - allow: icmp
              - {allow: outbound and tcp dst port 443, name: web}
              - reject: tcp port 25
        """;

    public static TheoryData<string, string, byte[], string> Lines => new()
    {
        { Filter, "outbound", PacketBuilder.Ipv4().Ping(1, 1).Build(), "filter  unchanged" },
        { Filter, "outbound", PacketBuilder.Ipv4().Tcp(40000, 443, TcpFlags.Syn).Build(), "filter  unchanged" },
        { Filter, "inbound", PacketBuilder.Ipv4().Tcp(40000, 443, TcpFlags.Syn).Build(), "counted as denied-by-rule (default, inbound)" },
        { Filter, "inbound", PacketBuilder.Ipv4().Tcp(40000, 25, TcpFlags.Syn).Build(), "counted as rejected-by-rule (3, inbound)" },
        { "  - {stage: nat, map: {192.168.1.0/24: 10.1.1.0/24}}", "outbound", PacketBuilder.Ipv4("192.168.1.7").Udp().Build(), "source 192.168.1.7 → 10.1.1.7" },
        { "  - {stage: nat, map: {192.168.1.0/24: 10.1.1.0/24}}", "inbound", PacketBuilder.Ipv4("10.9.0.1", "10.1.1.7").Udp().Build(), "destination 10.1.1.7 → 192.168.1.7" },
        { "  - {stage: nat, masquerade: 10.99.0.1}", "outbound", PacketBuilder.Ipv4("192.168.1.7").Udp().Build(), "source 192.168.1.7 → 10.99.0.1" },
        { "  - {stage: police, rate: 20Mbit, burst: 50ms, per: destination/32, exceed: drop}", "outbound", PacketBuilder.Ipv4().Udp().Build(), "police  unchanged" },
        { "  - {stage: police, rate: 8bit, burst: 1, exceed: drop}", "outbound", PacketBuilder.Ipv4().Udp().Build(), "counted as over-rate (outbound)" },
        { "  - {stage: police, rate: 1pps, burst: 1ms, per: all, exceed: {mark: 8}}", "outbound", PacketBuilder.Ipv4().Udp().Build(), "police  unchanged" },
        { "  - {stage: police, rate: 8bit, burst: 1, per: source/24, exceed: {mark: 8}}", "inbound", PacketBuilder.Ipv4().Udp().Build(), "traffic class 00 → 20" },
        { "  - {stage: police, rate: 5kpps}", "outbound", PacketBuilder.Ipv4().Udp().Build(), "police  unchanged" },
        { "  - {stage: dscp, set: 46, match: udp port 5060}", "outbound", PacketBuilder.Ipv4().Udp(5060, 5060).Build(), "traffic class 00 → b8" },
        { "  - {stage: dscp, set: 46, match: udp port 5060}", "outbound", PacketBuilder.Ipv4().Udp(5061, 53).Build(), "dscp  unchanged" },
        { "  - {stage: mss-clamp, mss: 1360, when: tcp dst port 443}", "outbound", PacketBuilder.Ipv4().Tcp(40000, 443, TcpFlags.Syn).Mss(8961).Build(), "MSS 8961 → 1360" },
        { "  - {stage: mss-clamp, mss: 1360, when: tcp dst port 443}", "outbound", PacketBuilder.Ipv4().Tcp(40000, 80, TcpFlags.Syn).Mss(8961).Build(), "passed by: not tcp dst port 443" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Each_line_does_what_it_says(string stages, string direction, byte[] packet, string expected)
    {
        using var folder = new ScratchFolder();
        var capture = folder.Write(
            "in.pcap", CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, linkType: 101).PcapRecord(1_700_000_000, 0, packet).ToArray());
        var (code, output, error) = await CommandLine.Run("explain", "--in", capture, "--direction", direction, folder.WritePipeline(stages));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{stage: tcp, listen: \"0.0.0.0:4443\"}")]
    [InlineData("{stage: tcp, connect: \"203.0.113.7:4443\"}")]
    public async Task An_endpoint_over_TCP_is_valid(string endpoint)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The stage runs on Linux.");
        using var folder = new ScratchFolder();
        var file = folder.WritePipeline();
        var text = await File.ReadAllTextAsync(file);
        var last = text.LastIndexOf("{stage: udp", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text[..last] + endpoint + "\n");
        var (code, output, error) = await CommandLine.Run("check", file);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("tcp", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("map: {192.168.1.0/24: 10.1.0.0/16}", "192.168.1.0/24 and 10.1.0.0/16 have different lengths; write prefixes of one length")]
    [InlineData("map: {192.168.1.0/24: \"fd00::/24\"}", "192.168.1.0/24 and fd00::/24 are of different families")]
    [InlineData("map: {192.168.1.7/24: 10.1.1.0/24}", "bits of '192.168.1.7/24' are set behind the prefix; write 192.168.1.0/24")]
    [InlineData("map: {192.168.1.0/24: 10.1.1.0/24, 192.168.1.128/25: 10.1.2.0/25}", "192.168.1.128/25 overlaps 192.168.1.0/24; write each address once")]
    [InlineData("map: {192.168.1.0/24: 10.1.1.0/24, 192.168.2.0/24: 10.1.1.0/24}", "10.1.1.0/24 overlaps 10.1.1.0/24; write each address once")]
    [InlineData("map: {\"fd00:1::/96\": \"fd00:2::/96\"}", "fd00:1::/96 is longer than /64 (RFC 6296 §3.5)")]
    [InlineData("map: {lan: 10.1.1.0/24}", "'lan' is not a CIDR prefix, for example 10.80.0.0/16")]
    [InlineData("map: {}", "write {PREFIX: PREFIX}, for example {10.80.0.0/16: 10.180.0.0/16}")]
    [InlineData("map: {192.168.1.0/24: [10.1.1.0/24]}", "expected a prefix for 192.168.1.0/24, found a list")]
    [InlineData("masquerade: 224.0.0.1", "masquerade: 224.0.0.1 is no host's address; write a unicast address")]
    public async Task A_mistake_of_nat_is_shown_with_its_remedy(string keys, string message)
    {
        using var folder = new ScratchFolder();
        var (code, _, error) = await CommandLine.Run("check", folder.WritePipeline($"  - stage: nat\n    {keys}"));
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
