using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Clients that take what they can, and a process that has no descriptor left: afterwards everything answers.</summary>
public sealed class ClientFaultTests : IDisposable
{
    private const string Device = "cvf0";
    private const int MetricsPort = 9100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly IPEndPoint Metrics = new(IPAddress.Loopback, MetricsPort);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-clients-");
    private readonly List<Socket> _clients = [];
    private NetworkNamespace? _space;
    private RunningProgram? _program;

    private NetworkNamespace Space => _space!;

    private RunningProgram Program => _program!;

    private string File => Path.Combine(_folder.FullName, "pipeline.yaml");

    private string Control => Path.Combine(_folder.FullName, "c.sock");

    private static string Uapi => $"/var/run/wireguard/{Device}.sock";

    public void Dispose()
    {
        Release();
        _program?.Dispose();
        _space?.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Hundreds_of_idle_clients_exhaust_no_descriptors_and_block_no_one()
    {
        Start(descriptors: 520);
        for (var i = 0; i < 300; i++)
        {
            Connect(Metrics, i % 2 == 0 ? "" : "GET /metr");
            Connect(new UnixDomainSocketEndPoint(Control), i % 2 == 0 ? "" : "{\"requ");
            Connect(new UnixDomainSocketEndPoint(Uapi), i % 2 == 0 ? "" : "get=1\n");
        }

        Assert.InRange(Descriptors(), 1, 300);
        AssertAnswers();
        Culvert("reload", File).Succeeded();
        var metrics = Scrape();
        Assert.Matches("culvert_clients_total[{]counter=\"http-clients\",event=\"crowded-out\"[}] [1-9]", metrics);
        Assert.Matches("culvert_clients_total[{]counter=\"control-clients\",event=\"crowded-out\"[}] [1-9]", metrics);
        Assert.Matches("culvert_stage_counted_connections_total[{]stage=\"encrypt\",counter=\"uapi-clients\",event=\"crowded-out\"[}] [1-9]", metrics);
    }

    [Fact]
    public void After_a_shortage_of_descriptors_everything_answers_again()
    {
        Requires.Tool("prlimit");
        Start(descriptors: 520);
        AssertAnswers();

        // Some are left: the runtime needs them for its threads. Several connections, since a number below the others may be free.
        SetLimit(Descriptors() + 16);
        for (var i = 0; i < 4; i++)
        {
            Connect(Metrics, "");
            Connect(new UnixDomainSocketEndPoint(Control), "");
            Connect(new UnixDomainSocketEndPoint(Uapi), "");
        }

        Eventually.True(() => Program.Error.Split("cannot accept a connection").Length == 4, Limit, () => "Accepting does not fail three times.\n" + Program.Said);
        SetLimit(520);
        Release();
        AssertAnswers();
    }

    [Fact]
    public void Streams_do_not_take_the_places_of_requests()
    {
        Start(descriptors: 520);
        for (var i = 0; i < 100; i++)
        {
            Connect(new UnixDomainSocketEndPoint(Control), "{\"request\":\"trace\",\"count\":1,\"seconds\":3600}\n");
        }

        Eventually.True(() => Culvert("trace", "--seconds", "0.1", "--file", File).Error.Contains("8 clients are being served already", StringComparison.Ordinal), Limit, () => Program.Said);
        AssertAnswers();
        Release();
        Eventually.True(() => Culvert("trace", "--seconds", "0.1", "--file", File).ExitCode == 0, Limit, () => Program.Said);
    }

    [Fact]
    public void A_limit_that_clients_can_reach_is_refused_at_the_start()
    {
        Start(descriptors: 300, waits: false);
        Assert.Equal(1, Program.WaitForExit());
        Assert.Contains("the limit of open files is 300, and 1 lane(s) need 520; run 'ulimit -Hn 520'", Program.Error, StringComparison.Ordinal);
    }

    private void Start(int descriptors, bool waits = true)
    {
        Requires.TunDevice();
        Requires.Tool("prlimit");
        Requires.Tool("wg");
        _space = NetworkNamespace.Create();
        var key = Path.Combine(_folder.FullName, "site.key");
        System.IO.File.WriteAllText(key, TwoSites.NewKey().Private);
        System.IO.File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        System.IO.File.WriteAllText(File, $"""
            control: c.sock
            metrics: 127.0.0.1:{MetricsPort}
            stages:
              - {"{"}stage: tun, device: {Device}, addresses: [10.99.0.1/24]{"}"}
              - stage: mss-clamp
              - {"{"}stage: encrypt, private-key-file: site.key, uapi: true, peers: []{"}"}
              - {"{"}stage: udp, listen: "127.0.0.1:51820"{"}"}
            """);
        _program = new RunningProgram(Space.Start(Requires.Find("prlimit")!, $"--nofile={descriptors}:{descriptors}", CulvertProgram.Path, "run", File));
        if (waits)
        {
            Eventually.True(() => Program.Error.Contains("Running ", StringComparison.Ordinal) || Program.HasExited, Limit, () => Program.Said);
        }
    }

    private void AssertAnswers()
    {
        Culvert("status", File).Succeeded();
        Space.Run($"wg show {Device}", Limit);
        Assert.Contains("culvert_uptime_seconds", Scrape(), StringComparison.Ordinal);
        Assert.False(Program.HasExited, Program.Said);
    }

    private string Scrape()
    {
        using var socket = Space.Invoke(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.ReceiveTimeout = (int)Limit.TotalMilliseconds;
        socket.Connect(Metrics);
        socket.Send(Encoding.ASCII.GetBytes("GET /metrics HTTP/1.0\r\n\r\n"));
        using var reader = new StreamReader(new NetworkStream(socket));
        return reader.ReadToEnd();
    }

    private void Connect(EndPoint address, string sends)
    {
        var protocol = address.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        var socket = Space.Invoke(() => new Socket(address.AddressFamily, SocketType.Stream, protocol));
        _clients.Add(socket);
        Eventually.True(() => TryConnect(socket, address, sends), Limit, () => "No connection.\n" + Program.Said);
    }

    private static bool TryConnect(Socket socket, EndPoint address, string sends)
    {
        try
        {
            socket.Connect(address);
            socket.Send(Encoding.ASCII.GetBytes(sends));
            return true;
        }
        catch (SocketException error)
        {
            // Closed for a newer one already, or the queue of the listening socket is full for a moment.
            return error.SocketErrorCode != SocketError.WouldBlock;
        }
    }

    private void Release()
    {
        _clients.ForEach(client => client.Dispose());
        _clients.Clear();
    }

    private int Descriptors() => Directory.GetFileSystemEntries($"/proc/{Program.Id}/fd").Length;

    private void SetLimit(int soft) => Space.Run($"prlimit --pid {Program.Id} --nofile={soft}:520");

    private CommandResult Culvert(params string[] words) => Space.TryRun(Limit, CulvertProgram.Path, words);
}
