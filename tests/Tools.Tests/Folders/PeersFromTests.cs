using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;

namespace Tools.Tests.Folders;

/// <summary><c>peers-from</c>: peers in files of their own.</summary>
public sealed class PeersFromTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public PeersFromTests()
    {
        Directory.CreateDirectory(_folder.File("peers.d"));
        _folder.Write("site.key", Key() + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.File("site.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _folder.Write("pipeline.yaml", $"""
            plugin-paths: ["{CommandLine.Plugins}"]
            stages:
              - stage: tun
              - stage: encrypt
                private-key-file: site.key
                peers-from: peers.d/
                peers:
                  - public-key: {Key()}
                    allowed-ips: [10.0.0.1/32]
              - stage: udp
            """);
    }

    [Fact]
    public void Files_add_one_peer_or_several_in_the_order_of_their_names()
    {
        Write("b.yaml", $"public-key: {Key()}\nname: b\n");
        Write("a.yml", $"- {{public-key: {Key()}, name: a1, preshared-key-file: psk}}\n- {{public-key: {Key()}, name: a2}}\n");
        _folder.Write("peers.d/psk", Key() + "\n");
        Write("b.yaml~", "not: read");
        Write(".hidden.yaml", "not: read");
        Write("README", "not: read");
        Assert.DoesNotContain("error", Said(), StringComparison.Ordinal);
        Assert.Equal(["(file)", "a1", "a2", "b"], Names());

        File.Delete(_folder.File("peers.d/a.yml"));
        Write("c.yaml", $"public-key: {Key()}\nname: c\n");
        Assert.Equal(["(file)", "b", "c"], Names());
    }

    [Fact]
    public void Mistakes_name_the_file_that_they_are_in()
    {
        Write("a.yaml", $"- public-key: {Key()}\n  allowed-ips: [10.0.0.1/16]\n");
        Write("b.yaml", $"public-key: {Key()}\nalowed-ips: [10.0.0.1/32]\n");
        Write("c.yaml", $"\n- public-key: {Key()}\n  allowed-ips: [10.0.0.1/32]\n");
        Write("d.yaml", "just text\n");
        Write("e.yaml", "# nobody\n");
        var said = Said();
        Assert.Contains("peers.d/a.yaml(2,17): error CV1104: 'peers[1].allowed-ips[0]' is '10.0.0.1/16'", said, StringComparison.Ordinal);
        Assert.Contains("peers.d/b.yaml(2,1): error CV1101: unknown key 'alowed-ips'; did you mean 'allowed-ips'?", said, StringComparison.Ordinal);
        Assert.Contains("peers.d/d.yaml(1,1): error CV1104: the file is 'just text'; list the items", said, StringComparison.Ordinal);
        Assert.Contains("peers.d/e.yaml: error CV1003: the file is empty; list the items", said, StringComparison.Ordinal);

        foreach (var wrong in new[] { "a.yaml", "b.yaml", "d.yaml", "e.yaml" })
        {
            File.Delete(_folder.File("peers.d/" + wrong));
        }

        // A rule of the stage, which knows of no files.
        Assert.Contains("peers.d/c.yaml(3,17): error CV1106: 'encrypt': peers[1].allowed-ips[0]: peers[0] has 10.0.0.1/32 already", Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error()
    {
        Directory.Delete(_folder.File("peers.d"));
        Assert.Contains("(6,17): error CV1111: the folder 'peers.d/' does not exist; create it, or remove the key", Said(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string Key()
    {
        _ = X25519Text.New(out var publicKey);
        return publicKey;
    }

    private LoadedPipeline Load() => new PipelineLoader(PluginStore.BesideProgram()).Load(_folder.File("pipeline.yaml"));

    private string Said() => string.Join('\n', Load().Diagnostics).Replace(_folder.Path + "/", "", StringComparison.Ordinal);

    private string[] Names()
    {
        dynamic options = Load().File!.Stages[1].Options;
        return [.. ((IEnumerable<object>)options.Peers).Select(peer => ((dynamic)peer).Name ?? "(file)")];
    }

    private void Write(string name, string text) => _folder.Write("peers.d/" + name, text);
}
