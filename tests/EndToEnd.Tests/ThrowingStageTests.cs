namespace EndToEnd.Tests;

/// <summary>A stage that throws on every packet, in the running path of a real site.</summary>
public sealed class ThrowingStageTests
{
    [Fact]
    public void With_on_fault_drop_the_site_lives_and_loses_what_passes_the_stage()
    {
        using var sites = TwoSites.Start(Stage("drop"), pings: false);

        Assert.False(sites.Ping());
        Assert.False(sites.Ping());
        Assert.False(sites.Left.HasExited, sites.Left.Said);
        Assert.Contains("throwing", sites.Left.Error, StringComparison.Ordinal);
        sites.Left.Signal("TERM");
        Assert.Equal(0, sites.Left.WaitForExit());
    }

    [Fact]
    public void With_on_fault_bypass_the_tunnel_continues_without_the_stage()
    {
        using var sites = TwoSites.Start(Stage("bypass"));

        sites.AssertAlive();
        Assert.Contains("throwing", sites.Left.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void With_on_fault_stop_the_site_closes_in_order_with_exit_code_1()
    {
        using var sites = TwoSites.Start(Stage("stop"), pings: false);

        sites.Ping();
        Assert.Equal(1, sites.Left.WaitForExit());
        Assert.Contains("throwing", sites.Left.Error, StringComparison.Ordinal);
        Assert.False(TwoSites.HasDevice(sites.LeftSpace));
    }

    private static string Stage(string onFault) => $"  - {{stage: throwing, on-fault: {onFault}}}";
}
