using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>
/// The network of docs/how-to/site-traffic.md, each machine a namespace: a host, headquarters 203.0.113.1, the branch 203.0.113.2, a host.
/// The gateways run the page's files, with keys of this run.
/// </summary>
internal sealed partial class TwoOffices : IDisposable
{
    private const string HeadquartersWan = "203.0.113.1";
    private const string BranchWan = "203.0.113.2";
    private static readonly TimeSpan _upLimit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-offices-");

    /// <summary>Starts the network and both gateways.</summary>
    /// <param name="headquartersFile">The page's file for headquarters; null for one without further stages.</param>
    /// <param name="branchFile">The same for the branch.</param>
    /// <param name="headquartersLan">The addresses at headquarters: of the gateway, then of the host.</param>
    /// <param name="branchLan">The same at the branch.</param>
    public TwoOffices(string? headquartersFile, string? branchFile, string[] headquartersLan, string[] branchLan)
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        NetworkNamespace.Connect(Headquarters, "wan", Branch, "wan");
        Headquarters.Run($"ip addr add {HeadquartersWan}/24 dev wan");
        Branch.Run($"ip addr add {BranchWan}/24 dev wan");
        Connect(Headquarters, HeadquartersHost, headquartersLan);
        Connect(Branch, BranchHost, branchLan);
        var (here, there) = (TwoSites.NewKey(), TwoSites.NewKey());
        AtHeadquarters = Start(Headquarters, "headquarters", headquartersFile ?? "udp-blocked-headquarters.yaml", here.Private, there.Public, headquartersFile is null ? HeadquartersWan : null);
        AtBranch = Start(Branch, "branch", branchFile ?? "udp-blocked-branch.yaml", there.Private, here.Public, branchFile is null ? BranchWan : null);
    }

    public NetworkNamespace HeadquartersHost { get; } = NetworkNamespace.Create();

    public NetworkNamespace Headquarters { get; } = NetworkNamespace.Create();

    public NetworkNamespace Branch { get; } = NetworkNamespace.Create();

    public NetworkNamespace BranchHost { get; } = NetworkNamespace.Create();

    public RunningProgram AtHeadquarters { get; }

    public RunningProgram AtBranch { get; }

    /// <summary>Waits until a ping passes.</summary>
    public void WaitForPing(NetworkNamespace from, string to) => Eventually.True(
        () => from.TryRun($"ping -n -q -c 1 -W 1 {to}").ExitCode == 0, _upLimit,
        () => $"No ping passes.\nHeadquarters:\n{AtHeadquarters.Said}\nBranch:\n{AtBranch.Said}");

    /// <summary>What <c>culvert status</c> of a gateway prints.</summary>
    public string Status(string site) =>
        Headquarters.TryRun(TimeSpan.FromSeconds(30), CulvertProgram.Path, "status", Path.Combine(_folder.FullName, site, "pipeline.yaml")).Succeeded();

    public void Dispose()
    {
        AtBranch?.Dispose();
        AtHeadquarters?.Dispose();
        foreach (var space in new[] { BranchHost, Branch, Headquarters, HeadquartersHost })
        {
            space.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static void Connect(NetworkNamespace gateway, NetworkNamespace host, string[] addresses)
    {
        NetworkNamespace.Connect(gateway, "lan", host, "lan");
        gateway.Invoke(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        var (gateways, hosts) = (addresses.Where(address => address.Contains(".1/", StringComparison.Ordinal)), addresses.Where(address => !address.Contains(".1/", StringComparison.Ordinal)));
        foreach (var address in gateways)
        {
            gateway.Run($"ip addr add {address} dev lan");
        }

        foreach (var address in hosts)
        {
            host.Run($"ip addr add {address} dev lan");
        }

        host.Run($"ip route add default via {gateways.First().Split('/')[0]}");
    }

    // A file without further stages is the one for blocked UDP with udp in its last line.
    private RunningProgram Start(NetworkNamespace space, string name, string file, string key, string peer, string? udp)
    {
        var folder = _folder.CreateSubdirectory(name).FullName;
        var keyFile = Path.Combine(folder, "site.key");
        File.WriteAllText(keyFile, key);
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var text = PublicKey().Replace(File.ReadAllText(Path.Combine(CulvertProgram.Root, "docs", "how-to", "site-traffic", file)), $"public-key: {peer}");
        if (udp is not null)
        {
            var other = udp == HeadquartersWan ? BranchWan : HeadquartersWan;
            text = TcpEntry().Replace(text, $"{{stage: udp, listen: \"{udp}:51820\"}}").Replace(peer, $"{peer}\n        endpoint: {other}:51820", StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(folder, "pipeline.yaml"), "control: site.sock\n" + text);
        return new RunningProgram(space.Start(CulvertProgram.Path, "run", Path.Combine(folder, "pipeline.yaml")));
    }

    [GeneratedRegex("public-key: .*")]
    private static partial Regex PublicKey();

    [GeneratedRegex(@"\{stage: tcp.*\}")]
    private static partial Regex TcpEntry();
}
