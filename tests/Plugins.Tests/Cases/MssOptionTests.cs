using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.MssClamp;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Wire;
using Plugins.Tests.Packets;
using VerifyXunit;

namespace Plugins.Tests.Cases;

/// <summary>The part "Values" of the case tables: what may be written, what is refused and in which words, and which limit follows.</summary>
public sealed class MssOptionTests
{
    [Theory]
    [InlineData("auto", "auto")]
    [InlineData("1360", "1360")]
    [InlineData("{ipv4: 1360, ipv6: 1340}", "{ipv4: 1360, ipv6: 1340}")]
    [InlineData("{ipv6: none}", "{ipv4: auto, ipv6: none}")]
    [InlineData("{ipv4: 1300}", "{ipv4: 1300, ipv6: auto}")]
    [InlineData("{ipv4: auto, ipv6: auto}", "auto")]
    [InlineData("0", "0")]
    [InlineData("-5", "-5")]
    public void What_is_written_is_read(string written, string read)
    {
        Assert.True(MssSetting.TryRead(TextNode.Parse(written), out var value, out var error), error);
        Assert.Equal(read, value.ToString());
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("1360.5", null)]
    [InlineData("big", null)]
    [InlineData("99999999999", null)]
    [InlineData("[1360]", null)]
    [InlineData("{}", "an empty mapping, expected ipv4 or ipv6")]
    [InlineData("{ipv5: 1360}", "unknown key 'ipv5', expected ipv4 or ipv6")]
    [InlineData("{ipv4: big}", "ipv4 must be auto, none or a number, found 'big'")]
    [InlineData("{ipv4: 1360, ipv4: 1340}", "'ipv4' is there twice")]
    public void An_impossible_value_is_refused_with_a_message(string written, string? expected)
    {
        Assert.False(MssSetting.TryRead(TextNode.Parse(written), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public async Task Diagnostics()
    {
        var lines = new List<string>();
        void Record(string what, Action<OptionsRecorder> validate)
        {
            var report = new OptionsRecorder("mss-clamp");
            validate(report);
            lines.Add(what);
            lines.AddRange(report.Findings.Select(finding => $"    {finding}"));
        }

        foreach (var written in new[] { "0", "-5", "535", "1219", "1220", "65535", "65536", "{ipv4: 536, ipv6: none}", "{ipv4: 535, ipv6: 1219}" })
        {
            Record($"mss: {written}", report => MssClampStage.Validate(Options(written), report));
        }

        var narrow = new StagePlan(1279, "1339 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1279");
        var tiny = new StagePlan(40, "100 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 40");
        var usual = new StagePlan(1420, "1480 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1420");
        foreach (var (written, plan) in new[]
            {
                ("auto", usual), ("auto", narrow), ("{ipv6: none}", narrow), ("auto", tiny), ("1380", usual), ("1460", usual), ("1360", usual),
            })
        {
            Record($"mss: {written} at {plan.Derivation}", report => MssClampStage.ValidatePlan(Options(written), plan, report));
        }

        await Verifier.Verify(string.Join('\n', lines));
    }

    /// <summary>When the path MTU falls at run time, the next SYN gets the new value.</summary>
    [Fact]
    public void Auto_follows_the_MTU()
    {
        var syn = new TcpPacket { Options = TcpBytes.Mss(8961) };
        using var harness = StageHarness.Create<MssClampStage, MssClampOptions>(new(), new TestStageContext(mtu: 1420));
        Assert.Equal((syn with { Options = TcpBytes.Mss(1380) }).ToBytes(), harness.Outbound(syn.ToBytes()).Single());
        harness.Context.SetMtu(1300);
        Assert.Equal((syn with { Options = TcpBytes.Mss(1260) }).ToBytes(), harness.Outbound(syn.ToBytes()).Single());
    }

    [Theory]
    [InlineData(ClampDirection.Both, true, true)]
    [InlineData(ClampDirection.Outbound, true, false)]
    [InlineData(ClampDirection.Inbound, false, true)]
    public void Only_the_chosen_direction_is_clamped(ClampDirection chosen, bool outbound, bool inbound)
    {
        var syn = new TcpPacket { Options = TcpBytes.Mss(8961) }.ToBytes();
        using var harness = StageHarness.Create<MssClampStage, MssClampOptions>(new() { Direction = chosen });
        Assert.Equal(outbound, !harness.Outbound(syn).Single().SequenceEqual(syn));
        Assert.Equal(inbound, !harness.Inbound(syn).Single().SequenceEqual(syn));
        foreach (var (direction, counts) in new[] { (Direction.Outbound, outbound), (Direction.Inbound, inbound) })
        {
            var tag = KeyValuePair.Create("direction", direction == Direction.Outbound ? "outbound" : "inbound");
            Assert.Equal(counts, harness.Context.Counters.All.Any(counter => counter.Tags.Contains(tag)));
        }
    }

    [Fact]
    public void The_shape_declares_what_the_options_need()
    {
        var plain = MssClampStage.Shape(new());
        Assert.Equal(HeaderFields.TcpMss | HeaderFields.TransportChecksum, plain.MayChange);
        Assert.Equal((0, 0), (plain.Tailroom, plain.InboundTailroom));
        var inserting = MssClampStage.Shape(new() { InsertMissing = true });
        Assert.Equal(
            plain.MayChange | HeaderFields.IpLength | HeaderFields.Ipv4Checksum | HeaderFields.TcpOptions, inserting.MayChange);
        Assert.Equal((4, 4), (inserting.Tailroom, inserting.InboundTailroom));
        Assert.Equal(0, inserting.Overhead);
    }

    private static MssClampOptions Options(string written)
    {
        Assert.True(MssSetting.TryRead(TextNode.Parse(written), out var value, out _));
        return new() { Mss = value };
    }

    /// <summary>A value as the host would hand it over, read from flow YAML of one level.</summary>
    private sealed class TextNode : OptionNode
    {
        private TextNode(string? scalar, IReadOnlyList<OptionNode>? items, IReadOnlyList<KeyValuePair<string, OptionNode>>? entries) =>
            (Scalar, Items, Entries) = (scalar, items, entries);

        public override string? Scalar { get; }

        public override IReadOnlyList<OptionNode>? Items { get; }

        public override IReadOnlyList<KeyValuePair<string, OptionNode>>? Entries { get; }

        public override string BaseDirectory => "/";

        public static TextNode Parse(string text)
        {
            string[] parts = text[1..^0].TrimEnd('}', ']').Split(", ", StringSplitOptions.RemoveEmptyEntries);
            return text[0] switch
            {
                '[' => new(null, [.. parts.Select(Parse)], null),
                '{' => new(null, null, [.. parts.Select(part => part.Split(": "))
                    .Select(pair => KeyValuePair.Create(pair[0], (OptionNode)new TextNode(pair[1], null, null)))]),
                _ => new(text, null, null),
            };
        }

        public override string Describe() => Scalar is null ? "a list" : $"'{Scalar}'";
    }
}
