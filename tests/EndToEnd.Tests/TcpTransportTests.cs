using System.Globalization;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Sites whose datagrams cross the network over TCP, in namespaces of their own.</summary>
public sealed class TcpTransportTests : IDisposable
{
    // The other side in 20 lines: it connects, sends one framed echo request, and prints what comes back.
    private const string Script = """
        import socket, struct, sys
        def checksum(data):
            total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
            total = (total & 0xffff) + (total >> 16)
            return 0xffff - ((total & 0xffff) + (total >> 16))
        def address(text): return socket.inet_aton(text)
        echo = struct.pack("!BBHHH", 8, 0, 0, 7, 1) + b"culvert!"
        echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(echo), 1, 0, 64, 1, 0, address("10.99.0.2"), address("10.99.0.1"))
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        tcp = socket.create_connection(("192.0.2.1", 4443), 20)
        tcp.sendall(struct.pack("!H", len(ip + echo)) + ip + echo)
        while True:
            length, = struct.unpack("!H", tcp.recv(2, socket.MSG_WAITALL))
            packet = tcp.recv(length, socket.MSG_WAITALL)
            if packet[9] == 1 and packet[20] == 0:
                print("reply from", socket.inet_ntoa(packet[12:16]), packet[28:].decode())
                sys.exit(0)
        """;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-tcp-");
    private readonly NetworkNamespace _left;
    private readonly NetworkNamespace _right;

    public TcpTransportTests()
    {
        Requires.TunDevice();
        _left = NetworkNamespace.Create();
        _right = NetworkNamespace.Create();
        NetworkNamespace.Connect(_left, "eth0", _right, "eth0");
        _left.Run("ip addr add 192.0.2.1/24 dev eth0");
        _right.Run("ip addr add 192.0.2.2/24 dev eth0");
    }

    [Fact]
    public void A_script_of_twenty_lines_is_the_other_side()
    {
        Requires.Tool("python3");
        using var site = Start(_left, "site", "10.99.0.1", "plaintext", "{stage: tcp, listen: \"192.0.2.1:4443\", from: [192.0.2.0/24]}");
        WaitFor(site, "Listening on TCP 192.0.2.1:4443.");
        var script = Path.Combine(_folder.FullName, "peer.py");
        File.WriteAllText(script, Script);
        Assert.Equal("reply from 10.99.0.1 culvert!\n", _right.TryRun(_limit, "python3", script).Succeeded());
    }

    [Fact]
    public void Where_UDP_is_blocked_exchanging_udp_for_tcp_connects_two_sites()
    {
        Requires.Tool("nft");
        Requires.Tool("ping");
        _left.Run("nft add table inet block");
        _left.TryRun(_limit, "nft", "add chain inet block in { type filter hook input priority 0 ; }").Succeeded();
        _left.Run("nft add rule inet block in udp dport 51820 drop");
        var (left, right) = (TwoSites.NewKey(), TwoSites.NewKey());
        using var hub = Start(_left, "hub", "10.99.0.1", Encrypt("hub", left.Private, right.Public, "10.99.0.2"), "{stage: tcp, listen: \"0.0.0.0:51820\"}");
        using var branch = Start(
            _right, "branch", "10.99.0.2", Encrypt("branch", right.Private, left.Public, "10.99.0.1", "endpoint: 192.0.2.1:51820, "),
            "{stage: tcp, listen: \"0.0.0.0:51820\"}");
        Eventually.True(() => Ping(_right, "10.99.0.1"), _limit, () => $"No ping passes.\n{hub.Said}\n{branch.Said}");
        Assert.True(Ping(_left, "10.99.0.2"), hub.Said);
        Assert.Contains("mtu 1440", _left.Run("ip link show culvert0"), StringComparison.Ordinal);

        // The connection breaks; the branch comes back, and the session goes on.
        _left.Run("ss -K sport = 51820");
        Eventually.True(() => Ping(_right, "10.99.0.1"), _limit, () => $"No ping passes any more.\n{hub.Said}\n{branch.Said}");
    }

    [Fact]
    public void A_peer_without_an_endpoint_is_called_through_connect()
    {
        Requires.Tool("ping");
        Requires.Tool("nft");
        BlockUnmarked(_left, "sport");
        BlockUnmarked(_right, "dport");
        var (left, right) = (TwoSites.NewKey(), TwoSites.NewKey());
        using var hub = Start(
            _left, "hub", "10.99.0.1", Encrypt("hub", left.Private, right.Public, "10.99.0.2"), "{stage: tcp, listen: \"0.0.0.0:4443\", fwmark: 7}");
        using var branch = Start(
            _right, "branch", "10.99.0.2", Encrypt("branch", right.Private, left.Public, "10.99.0.1"),
            "{stage: tcp, connect: \"192.0.2.1:4443\", fwmark: 7}");
        Eventually.True(() => Ping(_right, "10.99.0.1"), _limit, () => $"No ping passes.\n{hub.Said}\n{branch.Said}");
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _folder.Delete(recursive: true);
    }

    private static bool Ping(NetworkNamespace from, string to) => from.TryRun($"ping -n -q -c 1 -W 1 {to}").ExitCode == 0;

    private static void BlockUnmarked(NetworkNamespace space, string port)
    {
        space.Run("nft add table inet marks");
        space.TryRun(_limit, "nft", "add chain inet marks out { type filter hook output priority 0 ; }").Succeeded();
        space.Run($"nft add rule inet marks out tcp {port} 4443 meta mark != 7 drop");
    }

    private static void WaitFor(RunningProgram site, string line) =>
        Eventually.True(() => site.Error.Contains(line, StringComparison.Ordinal) || site.HasExited, _limit, () => $"Not logged: {line}\n{site.Said}");

    private string Encrypt(string name, string privateKey, string peerKey, string allowed, string endpoint = "")
    {
        var key = Path.Combine(_folder.FullName, $"{name}.key");
        File.WriteAllText(key, privateKey);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return string.Create(CultureInfo.InvariantCulture,
            $"{{stage: encrypt, private-key-file: {name}.key, peers: [{{public-key: {peerKey}, {endpoint}allowed-ips: [{allowed}/32]}}]}}");
    }

    private RunningProgram Start(NetworkNamespace space, string name, string address, string middle, string end)
    {
        var file = Path.Combine(_folder.FullName, $"{name}.yaml");
        File.WriteAllText(file, $$"""
            control: {{name}}.sock
            stages:
              - {stage: tun, device: culvert0, addresses: [{{address}}/24]}
              - {{(middle.StartsWith('{') ? middle : $"stage: {middle}")}}
              - {{end}}
            """);
        return new(space.Start(CulvertProgram.Path, "run", file));
    }
}
