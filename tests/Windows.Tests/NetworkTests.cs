using Culvert.Endpoints;
using Culvert.Plugins.Tun.Windows.Interop;
using static Windows.Tests.NetioDouble;

namespace Windows.Tests;

/// <summary>Addresses, routes, MTU and metric, set and taken back.</summary>
[Collection(nameof(Doubles))]
public sealed class NetworkTests : IDisposable
{
    private static readonly TunOptions _options = new()
    {
        Addresses = [Adapter.Address("10.99.0.1/24"), Adapter.Address("fd99::1/64")],
        Routes = [Adapter.Prefix("10.80.0.0/16"), Adapter.Prefix("::/0")],
    };

    public NetworkTests() => double_reset();

    [Fact]
    public void AddressesAreUsableAtOnceAndTakenBack()
    {
        using (var adapter = new Adapter(_options with { Device = Adapter.NewName() }))
        {
            Assert.Equal(
                ["10.99.0.1/24", "fd99::1/64"], Addresses.Select(row => $"{Text(row.Address)}/{row.OnLinkPrefixLength}"));
            Assert.All(Addresses, row => Assert.Equal((adapter.Luid, Netioapi.IpDadStatePreferred), (row.InterfaceLuid, row.DadState)));
            Assert.All(Addresses, row => Assert.Equal(uint.MaxValue, row.PreferredLifetime));
        }

        Assert.Empty(Addresses);
    }

    [Fact]
    public void RoutesLeadIntoTheAdapterAndAreTakenBack()
    {
        using (var adapter = new Adapter(_options with { Device = Adapter.NewName() }))
        {
            Assert.Equal(
                ["10.80.0.0/16", "::/0"],
                Routes.Select(row => $"{Text(row.DestinationPrefix.Prefix)}/{row.DestinationPrefix.PrefixLength}"));
            Assert.Equal(["0.0.0.0", "::"], Routes.Select(row => Text(row.NextHop)));
            Assert.All(Routes, row => Assert.Equal((adapter.Luid, 0u), (row.InterfaceLuid, row.Metric)));
        }

        Assert.Empty(Routes);
    }

    [Fact]
    public void TheMtuFollowsThePlan()
    {
        using var adapter = new Adapter(mtu: 1420);
        Assert.Equal((1420u, 1420u), (double_mtu(adapter.Luid, 0), double_mtu(adapter.Luid, 1)));
        Assert.Equal((0, 0), (double_automatic_metric(adapter.Luid, 0), double_automatic_metric(adapter.Luid, 1)));

        adapter.Context.SetMtu(1300);

        Assert.Equal((1300u, 1300u), (double_mtu(adapter.Luid, 0), double_mtu(adapter.Luid, 1)));
        Assert.Equal(1300, (int)adapter.Stage.GetStatus()["mtu"]!);
    }

    [Fact]
    public void AnMtuFromOutsideIsFollowedAndKept()
    {
        using var adapter = new Adapter(mtu: 1420);

        double_set_mtu(adapter.Luid, 1350);
        double_set_mtu(adapter.Luid + 1, 900);
        adapter.Context.RunService();

        Assert.Equal([1350], adapter.Context.ReportedMtus);
        adapter.Context.SetMtu(1350);
        adapter.Context.SetMtu(1200);
        Assert.Equal(1350u, double_mtu(adapter.Luid, 0));
    }

    [Fact]
    public void OurOwnChangeIsNoneFromOutside()
    {
        using var adapter = new Adapter(mtu: 1420);
        adapter.Context.SetMtu(1300);
        double_set_mtu(adapter.Luid, 1300);
        adapter.Context.RunService();

        Assert.Empty(adapter.Context.ReportedMtus);
    }

    [Fact]
    public void AFamilyThatIsSwitchedOffIsLeftOut()
    {
        using var adapter = new Adapter(mtu: 1420);
        double_no_ipv6(adapter.Luid);

        adapter.Context.SetMtu(1300);

        Assert.Equal(1300u, double_mtu(adapter.Luid, 0));
        Assert.DoesNotContain(adapter.Context.Log.Lines, line => line.Contains("cannot be set", StringComparison.Ordinal));
    }

    [Fact]
    public void AnMtuBelowIpv6sLeastIsSetForIpv4Only()
    {
        using var adapter = new Adapter(new TunOptions { Device = Adapter.NewName(), Mtu = new MtuSetting(1000) }, mtu: 1000);

        Assert.Equal((1000u, 65535u), (double_mtu(adapter.Luid, 0), double_mtu(adapter.Luid, 1)));
    }

    [Fact]
    public void ARefusedMtuIsToldAndThePipelineRuns()
    {
        using var adapter = new Adapter();
        double_refuse(WinError.ERROR_ACCESS_DENIED);

        adapter.Context.SetMtu(1300);

        Assert.Contains(adapter.Context.Log.Lines, line => line.Contains("cannot be set to 1300", StringComparison.Ordinal));
    }

    public void Dispose() => double_reset();
}
