using System.Net;
using System.Net.Sockets;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>
/// A stage that does not come with Culvert: its DLL folder is dropped beside the others or named in the file, two lines are added to
/// pipeline.yaml, and it is in the running path. Nothing else is rebuilt.
/// </summary>
public sealed class ThirdPartyStageTests(PublishedHost host) : IClassFixture<PublishedHost>, IDisposable
{
    private const int Hops = 46;
    private const int Port = 7001;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);
    private static readonly string _sample = CulvertProgram.OutputOf("HopLimit");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-third-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_its_folder_the_stage_is_unknown()
    {
        using var check = host.Run("check", Write(plugins: "", withStage: true));

        Assert.Equal(2, check.WaitForExit());
        Assert.Contains("error CV1201: there is no stage 'hop-limit'", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropped_beside_the_others_it_changes_real_packets()
    {
        var folder = Path.Combine(host.Plugins, "HopLimit");
        Copy(_sample, folder);
        try
        {
            Assert.Equal(Hops, HopsOfAPing(Write(plugins: "", withStage: true)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Named_in_the_file_it_changes_real_packets()
    {
        var folder = Path.Combine(_folder.FullName, "my-plugins", "HopLimit");
        Copy(_sample, folder);

        Assert.Equal(Hops, HopsOfAPing(Write("plugin-paths: [my-plugins]", withStage: true)));
    }

    [Fact]
    public void Without_the_two_lines_nothing_is_changed() => Assert.Equal(64, HopsOfAPing(Write(plugins: "", withStage: false)));

    // What leaves a real device's site, as the datagrams of an unencrypted pipeline.
    private int HopsOfAPing(string file)
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        using var space = NetworkNamespace.Create();
        using var socket = space.Invoke(Open);
        using var site = new RunningProgram(space.Start(host.Program, "run", file));
        Eventually.True(
            () => site.HasExited || space.TryRun("ip -brief addr show culvert0").Output.Contains("10.99.0.1", StringComparison.Ordinal), _limit, () => site.Said);
        Assert.False(site.HasExited, site.Said);
        space.TryRun("ping -n -q -c 1 -W 1 10.99.0.2");

        var packet = ReceiveIpv4(socket);
        site.Signal("TERM");
        Assert.True(site.WaitForExit() == 0, site.Said);
        return packet[8];
    }

    // The device's own IPv6 chatter passes the tunnel as well.
    private static byte[] ReceiveIpv4(Socket socket)
    {
        var buffer = new byte[2048];
        for (var datagrams = 0; datagrams < 20; datagrams++)
        {
            var length = socket.Receive(buffer);
            if (buffer[0] >> 4 == 4)
            {
                return buffer[..length];
            }
        }

        throw new InvalidOperationException("No IPv4 packet among 20 datagrams.");
    }

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)_limit.TotalMilliseconds };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        return socket;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private string Write(string plugins, bool withStage)
    {
        var path = Path.Combine(_folder.FullName, "pipeline.yaml");
        var twoLines = withStage ? $"  - stage: hop-limit\n    hops: {Hops}\n" : "";
        File.WriteAllText(path, $$"""
            {{plugins}}
            stages:
              - {stage: tun, device: culvert0, addresses: [10.99.0.1/24]}
            {{twoLines}}  - {stage: plaintext}
              - {stage: udp, listen: "127.0.0.1:7000", peer: "127.0.0.1:{{Port}}"}

            """);
        return path;
    }
}
