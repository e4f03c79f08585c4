using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Sites on systems where IPv6 is switched off.</summary>
public sealed class NoIpv6Tests : IDisposable
{
    private const string Off = "sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-ipv6-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_site_with_IPv4_alone_starts_and_carries_packets()
    {
        using var sites = TwoSites.Start();
        sites.Left.Signal("TERM");
        Assert.Equal(0, sites.Left.WaitForExit());
        sites.LeftSpace.Run(Off);
        sites.StartLeft();
        sites.WaitForPing();
        sites.RightSpace.Run(Off);
        sites.AssertAlive();
    }

    [Theory]
    [InlineData("addresses: [\"fd99::1/64\"]", "cannot give 'culvert0' the address fd99::1/64")]
    [InlineData("routes: [\"fd80::/64\"]", "cannot route fd80::/64 into 'culvert0'")]
    public void What_needs_IPv6_is_refused_with_the_setting_that_is_in_the_way(string key, string said)
    {
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        space.Run(Off);
        var file = Path.Combine(_folder.FullName, "pipeline.yaml");
        File.WriteAllText(file, $"""
            control: site.sock
            stages:
              - {"{"}stage: tun, device: culvert0, {key}{"}"}
              - stage: plaintext
              - {"{"}stage: udp, listen: "127.0.0.1:0", peer: "127.0.0.1:9"{"}"}
            """);
        using var site = new RunningProgram(space.Start(CulvertProgram.Path, "run", file));

        Assert.Equal(1, site.WaitForExit());
        Assert.Contains(said, site.Error, StringComparison.Ordinal);
        Assert.Contains("net.ipv6.conf.all.disable_ipv6", site.Error, StringComparison.Ordinal);
        Assert.False(TwoSites.HasDevice(space));
    }
}
