using Culvert.Endpoints;
using Culvert.Plugins.Tun.Linux;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>Why a device cannot be had, in words; and nothing stays behind then.</summary>
public sealed class TunRefusalTests
{
    [Fact]
    public void The_name_is_taken_by_a_running_program()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options(""));
        var error = Refused(site.Space, TunSite.Options(""));
        Assert.Equal("cannot create the device 'tun-test': the name is in use by another program's device", error.Message);
        Assert.Contains("another name", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_is_taken_by_a_device_of_another_kind()
    {
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        NetworkNamespace.Connect(space, "tun-test", space, "tun-other");
        var error = Refused(space, TunSite.Options(""));
        Assert.StartsWith("cannot create the device 'tun-test': the name is taken by a device that is no TUN device", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_is_invalid()
    {
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        Assert.Contains("invalid", Refused(space, TunSite.Options("") with { Device = "a/b" }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_is_taken()
    {
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        NetworkNamespace.Connect(space, "eth7", space, "eth8");
        space.Run("ip addr add 10.99.0.1/24 dev eth7");
        space.Run("ip addr add fd99::1/64 dev eth8 nodad");
        Assert.Equal("the address 10.99.0.1 is taken: 'eth7' has it", Refused(space, TunSite.Options("10.99.0.1/24")).Message);
        Assert.Equal("the address fd99::1 is taken: 'eth8' has it", Refused(space, TunSite.Options("fd99::1/64")).Message);
    }

    [Fact]
    public void A_route_is_taken()
    {
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        NetworkNamespace.Connect(space, "eth7", space, "eth8");
        space.Run("ip addr add 192.0.2.1/24 dev eth7");
        space.Run("ip route add 10.80.0.0/16 dev eth7");
        space.Run("ip route add default via 192.0.2.9");
        space.Run("ip -6 route add 2001:db8::/32 dev eth8");

        Assert.Equal("the route 10.80.0.0/16 is taken: it leads to 'eth7' already", Refused(space, TunSite.Options("", "10.80.0.0/16")).Message);
        Assert.Equal("the route 2001:db8::/32 is taken: it leads to 'eth8' already", Refused(space, TunSite.Options("", "2001:db8::/32")).Message);
        Assert.Contains("0.0.0.0/1 and 128.0.0.0/1", Refused(space, TunSite.Options("", "0.0.0.0/0")).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Ipv6_is_switched_off()
    {
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        space.Invoke(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"));
        var error = Refused(space, TunSite.Options("10.99.0.1/24 fd99::1/64"));
        Assert.StartsWith("cannot give 'tun-test' the address fd99::1/64", error.Message, StringComparison.Ordinal);
        Assert.Contains("disable_ipv6", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rights_are_missing()
    {
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        using var context = new TestStageContext();
        var error = Assert.Throws<StageStartException>(
            () => space.InvokeWithoutRights(() => new TunStage(TunSite.Options(""), context)));
        Assert.Equal("cannot create the device 'tun-test': permission denied", error.Message);
        Assert.Contains("CAP_NET_ADMIN", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_device_node_is_missing_or_closed()
    {
        Assert.Contains("modprobe tun", TunStartError.NoDeviceNode(Errno.ENOENT).Remedy, StringComparison.Ordinal);
        var closed = TunStartError.NodeNotOpened(Errno.EACCES);
        Assert.StartsWith("cannot open /dev/net/tun: ", closed.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 0666 /dev/net/tun", closed.Remedy, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", closed.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_the_device_node_is_named()
    {
        const string remedy = "mknod -m 0666 /dev/net/tun c 10 200";
        Assert.Contains(remedy, TunStartError.NodeNotOpened(Errno.EISDIR).Remedy, StringComparison.Ordinal);
        var file = TunStartError.QueueRefused("tun-test", manyQueues: false, existing: null, Errno.ENOTTY);
        Assert.Equal("cannot create the device 'tun-test': /dev/net/tun is not the node of the TUN driver", file.Message);
        Assert.Contains(remedy, file.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "device")]
    [InlineData("a-name-too-long-for-it", "device")]
    [InlineData("a b", "device")]
    [InlineData("tun%d", "device")]
    [InlineData("..", "device")]
    [InlineData("t\u200b0", "device")]
    [InlineData("t\u200f0", "device")]
    [InlineData("t\u202e0", "device")]
    [InlineData("t\ufeff0", "device")]
    [InlineData("ünïcödé", "")] // 11 bytes of UTF-8: the kernel takes any bytes
    [InlineData("culvert0", "")]
    public void The_name_is_judged_before_anything_is_opened(string name, string key)
    {
        var report = new OptionsRecorder();
        TunStage.Validate(TunSite.Options("") with { Device = name }, report);
        Assert.Equal(key, string.Join(' ', report.Findings.Select(finding => finding.Key)));
    }

    [Fact]
    public void Options_that_contradict_each_other_are_all_reported()
    {
        var report = new OptionsRecorder();
        TunStage.Validate(
            TunSite.Options("10.0.0.1/24 fd99::1/64 10.0.0.1/16", "10.1.0.0/16 10.1.0.0/16") with { Mtu = new MtuSetting(1000) }, report);
        Assert.Equal(["mtu", "addresses[2]", "routes[1]"], report.Findings.Select(finding => finding.Key));
        Assert.Equal([true, true, false], report.Findings.Select(finding => finding.IsError));
    }

    private static StageStartException Refused(NetworkNamespace space, TunOptions options)
    {
        var before = Snapshot(space);
        using var context = new TestStageContext();
        var error = Assert.Throws<StageStartException>(() => space.Invoke(() => new TunStage(options, context)));
        // The device goes when the last of its users lets go of it: the monitor's thread may just be asking about it.
        TunSite.Eventually(() => Snapshot(space) == before);
        return error;
    }

    private static string Snapshot(NetworkNamespace space) => space.Run("ls /sys/class/net") + space.Run("ip route");
}
