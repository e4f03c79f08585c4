namespace EndToEnd.Tests;

/// <summary>Signals close a site in order; what is taken already is said in words.</summary>
public sealed class OrderlyCloseTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_signal_closes_in_order_and_leaves_no_device(string signal)
    {
        using var sites = TwoSites.Start();
        sites.Left.Signal(signal);

        Assert.Equal(0, sites.Left.WaitForExit());
        Assert.False(TwoSites.HasDevice(sites.LeftSpace));
        Assert.Contains("tun", sites.Left.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_name_in_use_is_named_and_nothing_stays_open()
    {
        using var sites = TwoSites.Start(pings: false);
        using var second = sites.StartSecondLeft(device: TwoSites.Device, port: 51999);

        Assert.Equal(1, second.WaitForExit());
        Assert.Contains(TwoSites.Device, second.Error, StringComparison.Ordinal);
        Assert.True(second.Error.Contains("name is in use", StringComparison.Ordinal), second.Said);
        sites.WaitForPing();
    }

    [Fact]
    public void A_port_in_use_is_named_and_nothing_stays_open()
    {
        using var sites = TwoSites.Start(pings: false);
        using var second = sites.StartSecondLeft(device: "culvert9", port: TwoSites.SitePort);

        Assert.Equal(1, second.WaitForExit());
        Assert.Contains("51820", second.Error, StringComparison.Ordinal);
        Assert.True(second.Error.Contains("in use", StringComparison.OrdinalIgnoreCase), second.Said);
        Assert.DoesNotContain("culvert9", sites.LeftSpace.Run("ip -brief link"), StringComparison.Ordinal);
        sites.WaitForPing();
    }
}
