using Culvert.Plugins.MssClamp;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Wire;

namespace Plugins.Tests.Cases;

/// <summary>The clamp where each peer has its own path: here 1300 bytes to it and 1350 from it, of 1440 in the plan.</summary>
public sealed class ClampPathTests
{
    [Theory]
    [InlineData("auto", true, 1460, 1310)] // the segments it asks for come from there
    [InlineData("auto", false, 1460, 1260)] // those are sent there
    [InlineData("auto", true, 1200, 1200)]
    [InlineData("1400", true, 1460, 1400)] // a number is the file's word
    [InlineData("none", true, 1460, 1460)]
    public void ASynTakesTheMtuOfItsPeer(string mss, bool outbound, int announced, int expected)
    {
        MssValue.TryParse(mss, out var value);
        using var context = new TestStageContext(mtu: 1440) { Path = (1300, 1350) };
        using var harness = StageHarness.Create<MssClampStage, MssClampOptions>(new() { Mss = new MssSetting(value, value) }, context);
        var syn = PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Mss((ushort)announced).Build();
        var result = outbound ? harness.Outbound(syn) : harness.Inbound(syn);
        Assert.True(IpView.TryParse(result.Packets[0], out var ip));
        Assert.True(TcpView.TryParse(ip.Transport, out var tcp));
        Assert.True(tcp.IsChecksumValid(ip.PseudoHeaderSum()));
        foreach (var option in tcp.Options)
        {
            Assert.Equal(expected, option.Mss);
        }

        Assert.Equal(announced == expected ? 0 : 1, context.Count("clamped"));
    }

    [Fact]
    public void WhatIsNoSynAsksNothing()
    {
        using var context = new TestStageContext(mtu: 1440) { Path = (1300, 1350) };
        using var harness = StageHarness.Create<MssClampStage, MssClampOptions>(new(), context);
        var segment = PacketBuilder.Ipv6().Tcp().Payload(100).Build();
        Assert.Equal(segment, harness.Outbound(segment).Packets[0]);
    }

    [Fact]
    public void ADeviceWithoutIpv6DoesNotInsistOn1280()
    {
        Assert.Empty(Diagnostics(minMtu: 0));
        Assert.NotEmpty(Diagnostics(minMtu: 1280));
    }

    private static IReadOnlyList<OptionsFinding> Diagnostics(int minMtu)
    {
        var recorder = new OptionsRecorder();
        MssClampStage.ValidatePlan(
            new(), new StagePlan(1240, "1240") { Host = new() { Device = "culvert0", MinMtu = minMtu } }, recorder);
        return recorder.Errors;
    }
}
