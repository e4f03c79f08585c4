using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Control;
using Culvert.Host.Doctor;
using Culvert.Testing;
using Tools.Tests.Output;

namespace Tools.Tests.Doctoring;

/// <summary><c>culvert doctor</c> as a whole.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private const string Psk = "nTVCnXg5vUqTfZtsb0WqTr7tYRwYr+CNSmjKp3VlnZE=";
    private const string Faulty = "endpoint: 127.0.0.1:51820, allowed-ips: [10.99.0.2/32]";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_wrong_file_is_told_and_exits_2()
    {
        var (code, _, error) = await CommandLine.Run("doctor", _folder.Write("wrong.yaml", "stages: 1"));
        Assert.Equal(2, code);
        Assert.Contains("error CV1104", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_is_told_with_place_and_remedy_and_exits_3()
    {
        var (code, output, _) = await CommandLine.Run("doctor", FileCheckTests.Write(_folder, "[10.99.0.1/24]", "", Faulty));
        Assert.Equal(3, code);
        Assert.Contains($"this end's public key: {FileCheckTests.Keys().Public}\n", output, StringComparison.Ordinal);
        Assert.Matches(@"\nown-endpoint: .*pipeline\.yaml\(\d+,\d+\): 127\.0\.0\.1:51820 is where this end itself listens\n  → write the other end's address and port\n", output);
    }

    [Fact]
    public async Task Json_has_the_same()
    {
        var (code, output, _) = await CommandLine.Run("doctor", FileCheckTests.Write(_folder, "[10.99.0.1/24]", "", Faulty), "--format", "json");
        Assert.Equal(3, code);
        var report = JsonNode.Parse(output)!;
        Assert.Contains(report["findings"]!.AsArray(), finding => (string?)finding!["check"] == "own-endpoint" && (int?)finding["line"] > 0);
        Assert.Equal(FileCheckTests.Keys().Public, (string?)report["public-key"]);
    }

    [Fact]
    public async Task A_running_pipeline_is_asked()
    {
        var file = FileCheckTests.Write(_folder, "[10.99.0.1/24]", "", Faulty);
        await using var server = Serve(StatusTextTests.Status(StatusTextTests.Silent("berlin", FileCheckTests.PeerKey)));
        var (code, output, _) = await CommandLine.Run("doctor", file);
        Assert.Equal(3, code);
        Assert.Contains("process 12 runs it", output, StringComparison.Ordinal);
        Assert.Contains("\nhandshakes: peer berlin at 203.0.113.7:51820 is silent", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bundle_has_no_key()
    {
        var file = FileCheckTests.Write(_folder, "[10.99.0.1/24]", "", $"preshared-key: \"{Psk}\", " + Faulty);
        FileCheckTests.OnlyForOwner(file);
        await using var server = Serve(StatusTextTests.Status(StatusTextTests.Silent("berlin", FileCheckTests.PeerKey)));
        var archive = Path.Combine(_folder.Path, "bundle.tar.gz");
        var (code, _, error) = await CommandLine.Run("doctor", file, "--bundle", archive);
        Assert.Equal(3, code);
        Assert.Contains("wrote '", error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(archive));
        }

        var entries = Unpack(archive);
        Assert.Contains("own-endpoint", entries["doctor.json"], StringComparison.Ordinal);
        Assert.Contains("device: cvtdoc0", entries["pipeline.yaml"], StringComparison.Ordinal);
        Assert.Contains("berlin", entries["status.json"], StringComparison.Ordinal);
        Assert.All(entries.Values, text =>
        {
            foreach (var key in new[] { FileCheckTests.Keys().Private, Psk })
            {
                Assert.DoesNotContain(key, text, StringComparison.Ordinal);
                Assert.DoesNotContain(key[..20], text, StringComparison.Ordinal);
                Assert.DoesNotContain(Convert.ToHexString(Convert.FromBase64String(key)), text, StringComparison.OrdinalIgnoreCase);
            }
        });
        var (again, _, refused) = await CommandLine.Run("doctor", file, "--bundle", archive);
        Assert.Equal(1, again);
        Assert.Contains("exists", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_that_fails_is_named_and_the_others_look()
    {
        var status = StatusTextTests.Status();
        (status["stages"]![0]!["faults"], status["stages"]![0]!["bypassed"]) = (1, "many");
        var examination = Examination.Of(new Site { Status = status });
        Assert.Contains(examination.NotChecked, one => one.Check == "faults" && one.Reason.Contains("bug of the program", StringComparison.Ordinal));
        Assert.Contains(examination.Findings, finding => finding.Check == "versions");
    }

    private ControlServer? Serve(JsonObject status) => ControlServer.TryStart(
        [Path.Combine(_folder.Path, "c.sock")], request => request.ReplyAsync((JsonObject)status.DeepClone()), new ClientCounters(new CounterSet(), "control"), new MemoryLogger());

    private static Dictionary<string, string> Unpack(string path)
    {
        using var file = File.OpenRead(path);
        using var packed = new GZipStream(file, CompressionMode.Decompress);
        using var archive = new TarReader(packed);
        var entries = new Dictionary<string, string>();
        while (archive.GetNextEntry() is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream!);
            entries[entry.Name] = reader.ReadToEnd();
        }

        return entries;
    }
}
