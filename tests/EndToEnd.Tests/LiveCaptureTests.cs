using System.Diagnostics;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Packets of a site that runs, as Wireshark reads them.</summary>
public sealed class LiveCaptureTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-capture-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_ping_is_captured_at_every_boundary_over_a_reload_until_the_signal()
    {
        Requires.Tool("tshark");
        using var sites = TwoSites.Start();
        var file = Path.Combine(_folder.FullName, "ping.pcapng");
        using var capture = new RunningProgram(sites.LeftSpace.Start(
            CulvertProgram.Path, "capture", "--file", sites.LeftFile, "--write", file, "icmp"));
        var refused = sites.LeftSpace.TryRun(
            _limit, CulvertProgram.Path, "capture", "--file", sites.LeftFile, "--write", Path.Combine(_folder.FullName, "no.pcapng"), "--at", "nat");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("one of tun, mss-clamp, checksum-guard, encrypt, udp", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "no.pcapng")));
        PingUntil(sites, () => Read(file, "-Y", "frame.interface_name == \"encrypt:below\" && udp").Length > 0);

        var text = File.ReadAllText(sites.LeftFile);
        File.WriteAllText(sites.LeftFile, text.Replace("- stage: mss-clamp", "- {stage: mss-clamp, id: second}", StringComparison.Ordinal));
        sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, "reload", sites.LeftFile).Succeeded();
        PingUntil(sites, () => Read(file, "-Y", "frame.interface_name == \"second:below\" && icmp").Length > 0);

        capture.Signal("INT");
        Assert.Equal(0, capture.WaitForExit());
        Assert.Matches("culvert capture: [1-9][0-9]* packets?\n", capture.Error);
        Assert.Contains("encrypt: ip, 84 bytes → datagram, 128 bytes", Read(file, "-T", "fields", "-e", "frame.comment"), StringComparison.Ordinal);
        Assert.Contains("checksum-guard:below", Read(file, "-T", "fields", "-e", "frame.interface_name"), StringComparison.Ordinal);
        Assert.Contains(
            $"127.0.0.1\t127.0.0.1\t{TwoSites.SitePort}",
            Read(file, "-Y", "frame.interface_name == \"encrypt:below\"", "-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "udp.srcport"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tshark_lists_a_running_pipeline_and_captures_at_one_of_its_boundaries()
    {
        Requires.Tool("tshark");
        using var sites = TwoSites.Start();
        var runtime = _folder.CreateSubdirectory("run");
        File.CreateSymbolicLink(Path.Combine(runtime.FullName, "pipeline-00000000.sock"), Path.Combine(Path.GetDirectoryName(sites.LeftFile)!, "site.sock"));
        var extcap = Path.Combine(_folder.CreateSubdirectory("home/.config/wireshark/extcap").FullName, "culvert");
        File.WriteAllText(extcap, $"#!/bin/sh\nexec {CulvertProgram.Path} extcap \"$@\"\n");
        File.SetUnixFileMode(extcap, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] home = [$"HOME={_folder.FullName}/home", $"RUNTIME_DIRECTORY={runtime.FullName}", "XDG_CONFIG_HOME="];

        // tshark waits for no extcap program for long: a busy machine answers a later time.
        var list = "";
        bool IsListed()
        {
            list = sites.LeftSpace.TryRun(_limit, "env", [.. home, "tshark", "-D"]).Output;
            return list.Contains("culvert-pipeline:encrypt:below", StringComparison.Ordinal);
        }

        Eventually.True(IsListed, TimeSpan.FromMinutes(2), () => list);
        Assert.Matches($@"culvert-pipeline \(Culvert: {sites.LeftFile}, all boundaries\)", list);
        Assert.Matches(@"culvert-pipeline:encrypt:below \(.*, between encrypt and udp\)", list);

        using var tshark = new RunningProgram(sites.LeftSpace.Start("env", [
            .. home, "tshark", "-n", "-i", "culvert-pipeline:encrypt:below", "-f", "icmp", "-o", "extcap.culvert_pipeline_encrypt_below.snaplen:100", "-c", "2",
            "-T", "fields", "-e", "frame.interface_name", "-e", "udp.port", "-e", "frame.cap_len"]));
        PingUntil(sites, () => tshark.HasExited);
        Assert.Equal(0, tshark.WaitForExit());
        // 100 bytes of each datagram, behind the headers that were added.
        Assert.Matches(@"^(encrypt:below\t(51820,4000|4000,51820)\t128\n){2}$", tshark.Output);
    }

    [Fact]
    public void With_the_keys_tshark_decrypts_sessions_that_begin_meanwhile_and_without_them_nothing_is_shown()
    {
        Requires.Tool("tshark");
        using var sites = TwoSites.Start(pings: false);
        string[] files = ["initiator.pcapng", "responder.pcapng", "open.pcapng"];
        var (initiator, responder, open) = (Place(files[0]), Place(files[1]), Place(files[2]));
        // The right site does not know where the left one is: no session can begin before the first ping.
        using var left = Capture(sites.LeftSpace, sites.LeftFile, initiator, "--keys", "icmp");
        using var right = Capture(sites.RightSpace, sites.RightFile, responder, "--keys", "icmp");
        using var plain = Capture(sites.LeftSpace, sites.LeftFile, open);
        Eventually.True(() => files.All(file => new FileInfo(Place(file)) is { Exists: true, Length: > 0 }), _limit, () => left.Said + right.Said + plain.Said);
        string[] decrypted = ["-d", "udp.port==4000,wg", "-Y", "frame.interface_name == \"encrypt:below\" && icmp"];
        PingUntil(sites, () => Read(initiator, decrypted).Length > 0 && Read(responder, decrypted).Length > 0);
        foreach (var capture in new[] { left, right, plain })
        {
            capture.Signal("TERM");
            Assert.Equal(0, capture.WaitForExit());
        }

        Assert.Contains("Echo (ping) reply", Read(initiator, decrypted), StringComparison.Ordinal);
        Assert.Contains("Echo (ping) reply", Read(responder, decrypted), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(responder));
        Assert.NotEmpty(Read(open, "-d", "udp.port==4000,wg", "-Y", "wg"));
        Assert.Empty(Read(open, decrypted));
        Assert.DoesNotContain("PRIVATE_KEY", File.ReadAllText(open), StringComparison.Ordinal);
        Assert.Contains("A capture with secrets began", sites.Right.Error, StringComparison.Ordinal);
        var key = File.ReadAllText(Path.Combine(Path.GetDirectoryName(sites.RightFile)!, "site.key")).Trim();
        Assert.Contains(key, File.ReadAllText(responder), StringComparison.Ordinal);
        Assert.DoesNotContain(key[..12], sites.Right.Said + right.Said, StringComparison.Ordinal);
    }

    private string Place(string name) => Path.Combine(_folder.FullName, name);

    private static RunningProgram Capture(NetworkNamespace space, string pipeline, string file, params string[] more) =>
        new(space.Start(CulvertProgram.Path, ["capture", "--file", pipeline, "--write", file, .. more]));

    private static void PingUntil(TwoSites sites, Func<bool> condition) =>
        Eventually.True(() => sites.Ping() && condition(), _limit, () => $"Nothing captured.\n{sites.Left.Said}");

    private static string Read(string file, params string[] options)
    {
        var start = new ProcessStartInfo("tshark", ["-n", "-r", file, .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var tshark = Process.Start(start)!;
        var errors = tshark.StandardError.ReadToEndAsync();
        var output = tshark.StandardOutput.ReadToEnd();
        tshark.WaitForExit();
        _ = errors.Result;
        return output;
    }
}
