using System.Diagnostics;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>
/// Two sites with real devices, each the built <c>culvert run</c> in a namespace of its own, with a <see cref="UdpRelay"/> between
/// them. Inside the tunnel the left site is 10.99.0.1, the right one 10.99.0.2.
/// </summary>
internal sealed class TwoSites : IDisposable
{
    public const string LeftAddress = "10.99.0.1";
    public const string RightAddress = "10.99.0.2";
    public const string Device = "culvert0";
    public const int SitePort = 51820;

    private const int RelayPort = 4000;
    private static readonly TimeSpan _upLimit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-e2e-");
    private readonly (string Private, string Public) _leftKey = NewKey();
    private readonly (string Private, string Public) _rightKey = NewKey();

    private TwoSites()
    {
        LeftSpace = NetworkNamespace.Create();
        RightSpace = NetworkNamespace.Create();
        Relay = new UdpRelay(LeftSpace, RightSpace, RelayPort, SitePort);
    }

    public NetworkNamespace LeftSpace { get; }

    public NetworkNamespace RightSpace { get; }

    public UdpRelay Relay { get; }

    public RunningProgram Left { get; private set; } = null!;

    public RunningProgram Right { get; private set; } = null!;

    /// <summary>The left site's file.</summary>
    public string LeftFile => Path.Combine(_folder.FullName, "left", "pipeline.yaml");

    /// <summary>The right site's file.</summary>
    public string RightFile => Path.Combine(_folder.FullName, "right", "pipeline.yaml");

    /// <summary>Starts both sites and waits until a ping passes.</summary>
    /// <param name="leftStages">Further entries for the left site, below its guard, as YAML.</param>
    /// <param name="pings">False where none is to pass.</param>
    /// <param name="settings">Further keys beside the left site's stages, as YAML.</param>
    /// <param name="prepare">Makes the left site's device beforehand; its file then has no addresses.</param>
    public static TwoSites Start(
        string leftStages = "", bool pings = true, string settings = "", Action<NetworkNamespace>? prepare = null)
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        var sites = new TwoSites();
        try
        {
            prepare?.Invoke(sites.LeftSpace);
            sites.StartLeft(leftStages, settings, prepare is null ? LeftAddress : null);
            sites.StartRight();
            sites.WaitForDevices();
            if (pings)
            {
                sites.WaitForPing();
            }

            return sites;
        }
        catch
        {
            sites.Dispose();
            throw;
        }
    }

    public void StartLeft(string stages = "", string settings = "", string? address = LeftAddress) =>
        Left = StartSite(LeftSpace, LeftSite with { Stages = stages, Settings = settings, Address = address });

    public void StartRight() => Right = StartSite(
        RightSpace, new SiteFile("right", RightAddress, _rightKey.Private, LeftAddress, _leftKey.Public));

    /// <summary>Starts another program where the left site runs, with its file but for the device's name and the port.</summary>
    public RunningProgram StartSecondLeft(string device, int port) =>
        StartSite(LeftSpace, LeftSite with { Name = "second", Device = device, Port = port });

    /// <summary>True when one ping from the left site to the right one is answered in time.</summary>
    public bool Ping(int seconds = 1) => Ping(LeftSpace, RightAddress, seconds);

    /// <summary>The same the other way.</summary>
    public bool PingBack(int seconds = 1) => Ping(RightSpace, LeftAddress, seconds);

    public void WaitForPing() => Eventually.True(() => Ping(), _upLimit, () => $"No ping passes.\nLeft:\n{Left.Said}\nRight:\n{Right.Said}");

    /// <summary>Both sites still run, and a ping passes at once.</summary>
    public void AssertAlive()
    {
        Assert.False(Left.HasExited, Left.Said);
        Assert.False(Right.HasExited, Right.Said);
        Assert.True(Ping(seconds: 10), $"No ping passes any more.\nLeft:\n{Left.Said}\nRight:\n{Right.Said}");
    }

    public void WaitForDevices()
    {
        WaitForDevice(LeftSpace, Left);
        WaitForDevice(RightSpace, Right);
    }

    public void Dispose()
    {
        Left?.Dispose();
        Right?.Dispose();
        Relay.Dispose();
        LeftSpace.Dispose();
        RightSpace.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>True when a namespace has the tunnel's device.</summary>
    public static bool HasDevice(NetworkNamespace space) => space.TryRun($"ip link show {Device}").ExitCode == 0;

    private static void WaitForDevice(NetworkNamespace space, RunningProgram site) => Eventually.True(
        () => site.HasExited || space.TryRun($"ip -brief addr show {Device}").Output.Contains("10.99.0.", StringComparison.Ordinal),
        _upLimit,
        () => $"No device.\n{site.Said}");

    private static bool Ping(NetworkNamespace from, string to, int seconds) =>
        from.TryRun($"ping -n -q -c 1 -W {seconds} {to}").ExitCode == 0;

    /// <summary>A key pair, made by the program itself.</summary>
    public static (string Private, string Public) NewKey()
    {
        var key = Run("", "keygen");
        return (key, Run(key, "pubkey").Trim());
    }

    private static string Run(string input, string command)
    {
        using var process = Process.Start(CulvertProgram.StartInfo(command))!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private SiteFile LeftSite => new("left", LeftAddress, _leftKey.Private, RightAddress, _rightKey.Public);

    private RunningProgram StartSite(NetworkNamespace space, SiteFile site) =>
        new(space.Start(CulvertProgram.Path, "run", site.Write(_folder)));

    private sealed record SiteFile(string Name, string? Address, string PrivateKey, string Peer, string PeerKey)
    {
        public string Device { get; init; } = TwoSites.Device;

        public int Port { get; init; } = SitePort;

        public string Stages { get; init; } = "";

        public string Settings { get; init; } = "";

        private string Addresses => Address is null ? "" : Address + "/24";

        /// <returns>The file's path.</returns>
        public string Write(DirectoryInfo parent)
        {
            var folder = parent.CreateSubdirectory(Name).FullName;
            var key = Path.Combine(folder, "site.key");
            File.WriteAllText(key, PrivateKey);
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var file = Path.Combine(folder, "pipeline.yaml");
            File.WriteAllText(file, $"""
                plugin-paths: ["{CulvertProgram.OutputOf("ThrowingStage")}/ThrowingStage.dll", "{CulvertProgram.OutputOf("PryingPlugin")}/PryingPlugin.dll"]
                control: site.sock
                {Settings}
                stages:
                  - stage: tun
                    device: {Device}
                    addresses: [{Addresses}]
                  - stage: mss-clamp
                  - stage: checksum-guard
                {Stages}
                  - stage: encrypt
                    private-key-file: site.key
                    peers:
                      - public-key: {PeerKey}
                        endpoint: 127.0.0.1:{RelayPort}
                        allowed-ips: [{Peer}/32]
                  - stage: udp
                    listen: 127.0.0.1:{Port}
                """);
            return file;
        }
    }
}
