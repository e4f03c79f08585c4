using System.Text.Json.Nodes;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.Soak;

/// <summary>One site of a soak: its file, which changes, its keys, and the program that runs it.</summary>
internal sealed class SoakSite(NetworkNamespace space, string folder, string address, string peerAddress, int relayPort, int sitePort) : IDisposable
{
    private int _version;

    public NetworkNamespace Space => space;

    public string Address => address;

    public RunningProgram Program { get; private set; } = null!;

    public (string Private, string Public) Key { get; private set; } = TwoSites.NewKey();

    /// <summary>The other site's public key.</summary>
    public string PeerKey { get; set; } = "";

    /// <summary>All that programs of earlier lives said on standard error.</summary>
    public string EarlierErrors { get; private set; } = "";

    private string FilePath => Path.Combine(folder, "pipeline.yaml");

    public void Start()
    {
        Write();
        Program = new RunningProgram(space.Start(CulvertProgram.Path, "run", FilePath));
    }

    /// <summary>Ends the program at once, without a chance to do anything about it.</summary>
    public void Kill()
    {
        Program.Signal("KILL");
        Program.WaitForExit();
        EarlierErrors += Program.Error;
        Program.Dispose();
    }

    /// <summary>Takes another private key; the file is written by the next reload.</summary>
    public void ChangeKey() => Key = TwoSites.NewKey();

    /// <summary>Changes the file, as often as it is called to something else, and has the running program read it.</summary>
    public void Reload()
    {
        _version++;
        Write();
        Ask("reload");
    }

    /// <summary>The sum of the stages' faults.</summary>
    public int Faults() => JsonNode.Parse(Ask("status", "--format", "json"))!["stages"]!.AsArray().Sum(stage => (int)stage!["faults"]!);

    public bool Reaches(string other) => space.TryRun($"ping -n -q -c 1 -W 1 {other}").ExitCode == 0;

    public void Dispose() => Program?.Dispose();

    private string Ask(string command, params string[] more) =>
        space.TryRun(TimeSpan.FromSeconds(60), CulvertProgram.Path, [command, FilePath, .. more]).Succeeded();

    private void Write()
    {
        Directory.CreateDirectory(folder);
        var key = Path.Combine(folder, "site.key");
        File.WriteAllText(key, Key.Private);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(FilePath, $"""
            control: site.sock
            stages:
              - stage: tun
                device: culvert0
                addresses: [{address}/24]
              - stage: mss-clamp
            {(_version % 2 == 0 ? "  - stage: checksum-guard" : "")}
              - stage: encrypt
                private-key-file: site.key
                rekey-after: 10s
                peers:
                  - public-key: {PeerKey}
                    endpoint: 127.0.0.1:{relayPort}
                    allowed-ips: [{peerAddress}/32]
                    keepalive: {20 + (_version % 3)}s
              - stage: udp
                listen: 127.0.0.1:{sitePort}
            """);
    }
}
