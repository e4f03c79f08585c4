using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Culvert.Testing;
using Culvert.Wire;
using Framework.Tests.Wire;

namespace Framework.Tests.Examples;

/// <summary>docs/reference/wire.md: its examples are those that are compiled, and do what the page says.</summary>
public sealed partial class WirePageTests
{
    private static readonly IpAddressValue Inside = IpAddressValue.From(IPAddress.Parse("192.168.1.7"));
    private static readonly IpAddressValue Outside = IpAddressValue.From(IPAddress.Parse("203.0.113.9"));

    [Fact]
    public void Every_example_of_the_page_is_compiled()
    {
        var folder = Path.GetDirectoryName(ThisFile())!;
        var compiled = Lines(File.ReadAllText(Path.Combine(folder, "WireExamples.cs")));
        var page = File.ReadAllText(Path.Combine(folder, "../../../docs/reference/wire.md"));
        var examples = Example().Matches(page);
        Assert.True(examples.Count >= 8);
        foreach (Match example in examples)
        {
            Assert.Contains(Lines(example.Groups[1].Value), compiled, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Reading_and_changing()
    {
        var packet = PacketBuilder.Ipv6().Tcp(40000, 443, TcpFlags.Syn).Mss(1440).Build();
        Assert.True(WireExamples.IsNewHttps(packet));
        Assert.False(WireExamples.IsNewHttps(PacketBuilder.Ipv4().Tcp(40000, 80, TcpFlags.Syn).Build()));
        Assert.False(WireExamples.IsNewHttps(PacketBuilder.Ipv4().HopLimit(1).Tcp(40000, 443, TcpFlags.Syn).Build()));
        Assert.True(IpView.TryParse(packet, out var ip));
        Assert.True(TcpView.TryParse(ip.Transport, out var tcp));
        WireExamples.Mark(ip);
        WireExamples.Clamp(tcp);
        Assert.Equal(PacketBuilder.Ipv6().HopLimit(63).TrafficClass((46 << 2) | 3).Tcp(40000, 443, TcpFlags.Syn).Mss(1360).Build(), packet);
    }

    [Fact]
    public void A_translator_in_both_directions()
    {
        var request = PacketBuilder.Ipv4("192.168.1.7", "198.51.100.2").Udp(5000, 53).Payload(20).Build();
        WireExamples.Outbound(Ip(request), Inside, Outside);
        Assert.Equal(PacketBuilder.Ipv4("203.0.113.9", "198.51.100.2").Udp(5000, 53).Payload(20).Build(), request);

        var error = PacketBuilder.Ipv4("198.51.100.1", "203.0.113.9").Icmp(3, 3).Payload(request[..28]).Build();
        WireExamples.Inbound(Ip(error), Inside, Outside);
        var quoted = PacketBuilder.Ipv4("192.168.1.7", "198.51.100.2").Udp(5000, 53).Payload(20).Build()[..28];
        Assert.Equal(PacketBuilder.Ipv4("198.51.100.1", "192.168.1.7").Icmp(3, 3).Payload(quoted).Build(), error);
    }

    [Fact]
    public void A_translator_of_connections()
    {
        var key = FlowKey.Read(Ip(PacketBuilder.Ipv4("192.168.1.7", "198.51.100.2").Udp(5000, 53).Build()));
        var mapped = key.WithSource(Outside, 61000);
        var mappings = new Dictionary<FlowKey, FlowKey> { [key] = mapped, [mapped.Reversed] = key.Reversed };
        var request = PacketBuilder.Ipv4("192.168.1.7", "198.51.100.2").Udp(5000, 53).Payload(20).Build();
        WireExamples.Translate(Ip(request), mappings);
        Assert.Equal(PacketBuilder.Ipv4("203.0.113.9", "198.51.100.2").Udp(61000, 53).Payload(20).Build(), request);

        var reply = PacketBuilder.Ipv4("198.51.100.2", "192.168.1.7").Udp(53, 5000).Payload(20).Build();
        var error = PacketBuilder.Ipv4("192.168.1.7", "198.51.100.2").Icmp(3, 3).Payload(reply).Build();
        WireExamples.Translate(Ip(error), mappings);
        var outside = PacketBuilder.Ipv4("198.51.100.2", "203.0.113.9").Udp(53, 61000).Payload(20).Build();
        Assert.Equal(PacketBuilder.Ipv4("203.0.113.9", "198.51.100.2").Icmp(3, 3).Payload(outside).Build(), error);

        // A router on the way reports about the request; it stays the sender.
        error = PacketBuilder.Ipv4("198.51.100.1", "203.0.113.9").Icmp(11).Payload(request).Build();
        WireExamples.Translate(Ip(error), mappings);
        var inside = PacketBuilder.Ipv4("192.168.1.7", "198.51.100.2").Udp(5000, 53).Payload(20).Build();
        Assert.Equal(PacketBuilder.Ipv4("198.51.100.1", "192.168.1.7").Icmp(11).Payload(inside).Build(), error);
    }

    [Fact]
    public void Writing_answering_looking_up_and_limiting()
    {
        var buffer = new byte[100];
        var length = WireExamples.WriteDatagram(buffer, [10, 9, 0, 1], [10, 9, 0, 2], [1, 2, 3]);
        var packet = buffer.AsSpan(0, length).ToArray();
        Assert.Equal(ChecksumVerdict.Valid, PacketChecksums.JudgeTransport(Ip(packet)).Verdict);
        Assert.Equal(3, WireExamples.Refuse(Ip(packet))[20]);
        Assert.Equal(40, WireExamples.Refuse(Ip(Convert.FromHexString(OriginPackets.In))).Length);
        Assert.Equal("lab", WireExamples.Route(Ip(packet)));
        Assert.Equal("documentation", WireExamples.Route(Ip(PacketBuilder.Ipv6().Udp().Build())));
        Assert.True(WireExamples.Limit(Ip(packet), TimeProvider.System));
    }

    private static IpView Ip(byte[] packet) => IpView.TryParse(packet, out var ip) ? ip : throw new InvalidOperationException();

    private static string Lines(string text) => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
