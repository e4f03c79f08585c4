using System.Security.Cryptography.X509Certificates;
using Culvert.Endpoints;
using Culvert.Options;
using Culvert.Plugins.Tun.Windows;
using Culvert.Stages;
using Culvert.Testing;
using static Windows.Tests.WintunDouble;

namespace Windows.Tests;

/// <summary>Making, finding and giving back adapters, and what keeps that from working.</summary>
[Collection(nameof(Doubles))]
public sealed class StartTests
{
    [Fact]
    public void AnAdapterIsMadeWithAStableGuidAndGoesAgain()
    {
        var adapter = new Adapter();
        double_guid(adapter.Name, out var guid);
        Assert.Equal(3, double_state(adapter.Name));
        Assert.Equal(AdapterGuid.For(adapter.Name), guid);
        Assert.Equal("0.14", (string?)adapter.Stage.GetStatus()["driver"]);

        adapter.Dispose();

        Assert.Equal(0, double_state(adapter.Name));
        Assert.Contains(adapter.Context.Log.Lines, line => line.Contains("Wintun: double: adapter made", StringComparison.Ordinal));
    }

    [Fact]
    public void AnOrphanIsUsedAndLeft()
    {
        var name = Adapter.NewName();
        double_preexist(name, kind: 0);

        var adapter = new Adapter(new TunOptions { Device = name });
        Assert.Equal(3, double_state(name));
        Assert.Contains(adapter.Context.Log.Lines, line => line.Contains("exists already", StringComparison.Ordinal));
        adapter.Dispose();

        Assert.Equal(1, double_state(name));
        double_remove(name);
    }

    [Fact]
    public void AnOrphanThatIsNotSeenAtOnceIsUsed()
    {
        var name = Adapter.NewName();
        double_preexist(name, kind: 0);
        double_hide(times: 2);

        using (new Adapter(new TunOptions { Device = name }))
        {
            Assert.Equal(3, double_state(name));
        }

        double_remove(name);
    }

    [Theory]
    [InlineData(183)]
    [InlineData(258)]
    [InlineData(1460)]
    public void AnAdapterThatIsRefusedForAMomentIsMade(int code)
    {
        double_fail_creates(times: 3, code);
        using var adapter = new Adapter();
        Assert.Equal(3, double_state(adapter.Name));
    }

    [Fact]
    public void ARefusalThatStaysIsTold()
    {
        double_fail_creates(times: 1, code: 5);
        var error = Assert.Throws<StageStartException>(() => new Adapter());
        Assert.Contains("permission denied", error.Message, StringComparison.Ordinal);

        double_fail_creates(times: 100, code: 1460);
        try
        {
            Assert.Contains("(1460)", Assert.Throws<StageStartException>(() => new Adapter()).Message, StringComparison.Ordinal);
        }
        finally
        {
            double_fail_creates(times: 0, code: 0);
        }
    }

    [Theory]
    [InlineData(1, "another program uses")]
    [InlineData(2, "not Wintun's")]
    public void ATakenNameIsTold(int kind, string reason)
    {
        var name = Adapter.NewName();
        double_preexist(name, kind);

        var error = Assert.Throws<StageStartException>(() => new Adapter(new TunOptions { Device = name }));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("another name", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(1, double_state(name) & 1);
        double_remove(name);
    }

    [Theory]
    [InlineData(5u, "no right to set the address 10.9.0.1/24")]
    [InlineData(5010u, "the address 10.9.0.1/24 of")]
    public void ARefusedAddressClosesWhatWasOpened(uint code, string reason)
    {
        var name = Adapter.NewName();
        NetioDouble.double_refuse(code);
        try
        {
            var error = Assert.Throws<StageStartException>(
                () => new Adapter(new TunOptions { Device = name, Addresses = [Adapter.Address("10.9.0.1/24")] }));

            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.Equal(0, double_state(name));
        }
        finally
        {
            NetioDouble.double_reset();
        }
    }

    [Fact]
    public void SeveralLanesAreRefused()
    {
        var contexts = TestStageContext.ForLanes(2);

        var error = Assert.Throws<StageStartException>(() => new TunStage(new TunOptions(), contexts[0]));

        Assert.Contains("lanes: 1", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingLibraryTellsWhereToGetItAndWhereToPutIt()
    {
        var places = WintunLibrary.Places(new TunOptions());

        var error = Assert.Throws<StageStartException>(() => WintunLibrary.Find([.. places.Select(place => place + ".no")]));

        Assert.Contains(Path.GetDirectoryName(typeof(TunStage).Assembly.Location)!, error.Message, StringComparison.Ordinal);
        Assert.Contains("https://www.wintun.net", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(["/x/w.dll"], WintunLibrary.Places(new TunOptions { WintunFile = new FilePath("w.dll", "/x/w.dll") }));
    }

    [Theory]
    [InlineData("WireGuard LLC", "", "WireGuard LLC", "WireGuard LLC")]
    [InlineData("WireGuard LLC", "", "Somebody", "Somebody")]
    [InlineData("x, O=WireGuard LLC", "", "Somebody", "Somebody")]
    [InlineData("WireGuard LLC", "WireGuard LLC", "", null)]
    [InlineData("WireGuard LLC", "", "Somebody|WireGuard LLC", null)]
    public void TheSignerIsTheOrganizationOfTheCertificate(string common, string unit, string organizations, string? signer)
    {
        // Not from text: Wine does not read quoted values.
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(common);
        foreach (var name in organizations.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            subject.AddOrganizationName(name);
        }

        if (unit.Length > 0)
        {
            subject.AddOrganizationalUnitName(unit);
        }

        Assert.Equal(signer, WintunSigner.OrganizationOf(subject.Build()));
        if (signer != WintunSigner.Maker)
        {
            Assert.Contains($"not by '{WintunSigner.Maker}'", TunStartError.SignedByOther("wintun.dll", signer).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ValidationFindsAllAtOnce()
    {
        var report = new OptionsRecorder();
        TunStage.Validate(
            new TunOptions
            {
                Device = new string('x', 128),
                RingCapacity = new(3 << 20),
                Mtu = new MtuSetting(1000),
                Addresses = [Adapter.Address("fd00::1/64")],
            },
            report);

        Assert.Equal(["device", "mtu", "ring-capacity"], report.Findings.Select(finding => finding.Key));
    }
}
