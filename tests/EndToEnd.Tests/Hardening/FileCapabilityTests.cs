using System.Globalization;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.Hardening;

/// <summary>The program with CAP_NET_ADMIN as a file capability, started by an ordinary user: the loader then ignores that user's environment (AT_SECURE).</summary>
public sealed class FileCapabilityTests : IDisposable
{
    // Makes /dev/net/tun open to everyone in a mount namespace of its own, gives the file its capability and starts it with none that it could inherit.
    private const string AsNobody = """
        mount -t tmpfs tmpfs /mnt && mknod -m 666 /mnt/tun c 10 200 && mount --bind /mnt/tun /dev/net/tun \
            && setcap cap_net_admin+ep "$0" && chown 65534 "$1/private.key" \
            && exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all "$0" run "$1/pipeline.yaml"
        """;

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("culvert-capability-");

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public void An_ordinary_user_starts_it_and_has_a_device()
    {
        Requires.TunDevice();
        Requires.Tool("setcap");
        Requires.Tool("setpriv");
        Requires.Tool("unshare");
        var program = CulvertProgram.CopyForEveryone(_temporary);
        using var space = NetworkNamespace.Create();
        var (own, peer) = (TwoSites.NewKey(), TwoSites.NewKey());
        var key = Path.Combine(_temporary.FullName, "private.key");
        File.WriteAllText(key, own.Private);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Path.Combine(_temporary.FullName, "pipeline.yaml"), $"""
            stages:
              - {"{"}stage: tun, device: cap0, addresses: [10.99.0.1/24, "fd99::1/64"], routes: [10.98.0.0/16]{"}"}
              - {"{"}stage: encrypt, private-key-file: private.key, suite: aegis-128l, peers: [{"{"}public-key: "{peer.Public}", allowed-ips: [10.99.0.2/32, 10.98.0.0/16]{"}"}]{"}"}
              - {"{"}stage: udp, listen: "127.0.0.1:51820"{"}"}
            """);

        using var site = new RunningProgram(space.Start("unshare", "--mount", "sh", "-c", AsNobody, program, _temporary.FullName));
        Eventually.True(() => site.Error.Contains("Running ", StringComparison.Ordinal) || site.HasExited, TimeSpan.FromSeconds(60), () => site.Said);

        Assert.False(site.HasExited, site.Said);
        var facts = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{site.Id}/status"));
        Assert.Matches(@"Uid:\s65534\s65534\s65534", facts);
        Assert.Matches(@"CapEff:\s0*1000\n", facts);
        Assert.Contains("10.99.0.1/24", space.Run("ip addr show dev cap0 up"), StringComparison.Ordinal);
        Assert.Contains("10.98.0.0/16", space.Run("ip route show dev cap0"), StringComparison.Ordinal);
        Assert.Contains("libsodium", File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{site.Id}/maps")), StringComparison.Ordinal);
        site.Signal("TERM");
        Assert.Equal(0, site.WaitForExit());
    }
}
