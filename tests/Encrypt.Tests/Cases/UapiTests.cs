using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Uapi;
using Culvert.Stages;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Source of truth: wireguard.com/xplatform. The tools themselves are tried in the end-to-end tests.</summary>
public sealed class UapiTests
{
    private static readonly string OtherKey = Hex(X25519Key.Generate().PublicKey);

    [Fact]
    public async Task A_get_request_shows_the_device_and_its_peers()
    {
        using var tunnel = new TunnelPair().Connect();
        var lines = (await Ask(tunnel.Left, "get=1\n\n")).Split('\n');

        using var own = tunnel.Left.Tunnel.Local.Identity.ExportPrivate();
        Assert.Contains($"private_key={Hex(own.Span)}", lines);
        Assert.Contains($"listen_port={tunnel.Left.Address.Port}", lines);
        Assert.Contains($"public_key={Hex(tunnel.Left.Peer.Key.ToArray())}", lines);
        Assert.Contains($"preshared_key={new string('0', 64)}", lines);
        Assert.Contains("endpoint=192.0.2.2:51820", lines);
        Assert.Contains("last_handshake_time_sec=1767225600", lines);
        Assert.Contains("tx_bytes=228", lines);
        Assert.Contains("rx_bytes=92", lines);
        Assert.Contains("persistent_keepalive_interval=0", lines);
        Assert.Contains("allowed_ip=10.0.0.2/32", lines);
        Assert.Contains("allowed_ip=fd00::2/128", lines);
        Assert.Equal(["errno=0", "", ""], lines[^3..]);
    }

    [Fact]
    public async Task A_set_request_adds_changes_and_removes_peers()
    {
        using var tunnel = new TunnelPair().Connect();
        var left = tunnel.Left.Tunnel;
        var key = new PublicKey(Convert.FromHexString(OtherKey));

        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left,
            $"set=1\npublic_key={OtherKey}\npreshared_key={new string('a', 64)}\nendpoint=[2001:db8::9]:7\n" +
            "persistent_keepalive_interval=25\nreplace_allowed_ips=true\nallowed_ip=10.9.8.7/16\nallowed_ip=fd00::2/128\nprotocol_version=1\n\n"));
        Assert.True(left.Peers.TryGet(key, out var peer));
        Assert.Equal(End.At("[2001:db8::9]:7"), peer.Endpoint.Current);
        Assert.Equal(TimeSpan.FromSeconds(25), peer.KeepaliveInterval);
        Assert.Equal(0xAA, peer.Handshake.PresharedKey[0]);
        Assert.Equal([IPNetwork.Parse("10.9.0.0/16"), IPNetwork.Parse("fd00::2/128")], peer.AllowedIps);
        Assert.Same(peer, left.Peers.Routes.Lookup(0x0A09_0101u));
        // A prefix has one owner: it went over.
        var first = left.Peers.All.Single(other => other != peer);
        Assert.Equal([IPNetwork.Parse("10.0.0.2/32")], first.AllowedIps);

        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, $"set=1\npublic_key={OtherKey}\nallowed_ip=-10.9.0.0/16\n\n"));
        Assert.Equal([IPNetwork.Parse("fd00::2/128")], peer.AllowedIps);

        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, $"set=1\npublic_key={OtherKey}\nremove=true\n\n"));
        Assert.False(left.Peers.TryGet(key, out _));

        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, $"set=1\npublic_key={OtherKey}\nupdate_only=true\n\n"));
        Assert.False(left.Peers.TryGet(key, out _));

        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, "set=1\nreplace_peers=true\nfwmark=0\n\n"));
        Assert.Empty(left.Peers.All);
        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, $"set=1\nlisten_port={tunnel.Left.Address.Port}\n\n"));
        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, "set=1\nlisten_port=0\n\n"));
        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, "set=1\n\n"));
    }

    [Fact]
    public async Task A_new_private_key_ends_the_old_keypairs()
    {
        using var tunnel = new TunnelPair().Connect();

        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, $"set=1\nprivate_key={new string('7', 64)}\n\n"));

        Assert.Null(tunnel.Left.Peer.Keypairs.Current);
        using var own = tunnel.Left.Tunnel.Local.Identity.ExportPrivate();
        Assert.Equal(0x77, own.Span[5]);
    }

    [Theory]
    [InlineData("set=1\nprivate_key=12\n\n", -22)]
    [InlineData("set=1\npublic_key=zz\n\n", -22)]
    [InlineData("set=1\nlisten_port=65536\n\n", -22)]
    [InlineData("set=1\nreplace_peers=false\n\n", -22)]
    [InlineData("set=1\nnonsense=1\n\n", -22)]
    [InlineData("set=1\nno line\n\n", -71)]
    [InlineData("set=1\nreplace_peers=true\nfwmark=7\n\n", -95)]
    [InlineData("set=1\nreplace_peers=true\nlisten_port=5\n\n", -95)]
    [InlineData("set=1\nreplace_peers=true\nlisten_port=0\nfwmark=7\n\n", -95)]
    [InlineData("get=2\n\n", -71)]
    [InlineData("\n\n", -71)]
    public async Task A_bad_request_changes_nothing_and_is_reported(string request, int errno)
    {
        using var tunnel = new TunnelPair().Connect();

        Assert.Equal($"errno={errno}\n\n", await Ask(tunnel.Left, request));
        Assert.Single(tunnel.Left.Tunnel.Peers.All);
        Assert.NotNull(tunnel.Left.Peer.Keypairs.Current);
        Assert.Empty(tunnel.Left.Context.Faults);
    }

    [Theory]
    [InlineData("endpoint=nowhere")]
    [InlineData("allowed_ip=10.0.0.0/33")]
    [InlineData("allowed_ip=10.0.0.0")]
    [InlineData("allowed_ip=010.0.0.0/8")]
    [InlineData("allowed_ip=10.1/24")]
    [InlineData("allowed_ip=192.168.001.010/32")]
    [InlineData("endpoint=010.0.0.1:51820")]
    [InlineData("persistent_keepalive_interval=65536")]
    [InlineData("preshared_key=")]
    [InlineData("protocol_version=2")]
    [InlineData("remove=yes")]
    [InlineData("unknown=1")]
    public void A_bad_line_in_a_section_refuses_the_whole(string line)
    {
        Assert.Equal(UapiErrno.Invalid, SetRequest.Parse(Encoding.ASCII.GetBytes($"public_key={OtherKey}\n{line}\n"), out var request));
        Assert.Null(request);
    }

    [Fact]
    public void The_socket_is_its_owners_alone_and_goes_with_the_server()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such sockets.");
            return;
        }

        using var tunnel = new TunnelPair();
        var folder = Directory.CreateTempSubdirectory("culvert-uapi-");
        var path = Path.Combine(folder.FullName, "wg9.sock");
        using (new UapiServer(tunnel.Left.Tunnel, "wg9", folder.FullName))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.False(File.Exists(path));
        folder.Delete();
    }

    [Fact]
    public void The_next_server_of_a_name_takes_it_over_before_the_first_one_closes()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such sockets.");
            return;
        }

        using var tunnel = new TunnelPair();
        var folder = Directory.CreateTempSubdirectory("culvert-uapi-");
        var path = Path.Combine(folder.FullName, "wg9.sock");
        var first = new UapiServer(tunnel.Left.Tunnel, "wg9", folder.FullName);
        using (new UapiServer(tunnel.Right.Tunnel, "wg9", folder.FullName))
        {
            first.Dispose();
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }

        Assert.False(File.Exists(path));
        folder.Delete();
    }

    [Fact]
    public async Task When_the_next_server_of_a_name_closes_first_the_one_before_answers_again()
    {
        using var pair = new TunnelPair();
        var folder = Directory.CreateTempSubdirectory("culvert-uapi-");
        using (new UapiServer(pair.Left.Tunnel, "test", folder.FullName))
        {
            // A reload whose later stage fails.
            new UapiServer(pair.Right.Tunnel, "test", folder.FullName).Dispose();

            var answer = await Exchange(pair.Left, folder.FullName, "get=1\n\n");
            Assert.Contains($"listen_port={pair.Left.Address.Port}", answer.Split('\n'));
        }

        Assert.Empty(folder.EnumerateFileSystemInfos());
        folder.Delete();
    }

    [Fact]
    public async Task A_request_that_the_service_thread_does_not_take_up_fails_is_not_carried_out_later_and_leaves_its_place()
    {
        const int MoreThanPlaces = 12;
        using var pair = new TunnelPair();
        var folder = Directory.CreateTempSubdirectory("culvert-uapi-");
        using (new UapiServer(pair.Left.Tunnel, "test", folder.FullName, limit: TimeSpan.FromMilliseconds(1)))
        {
            for (var i = 0; i < MoreThanPlaces; i++)
            {
                using var socket = await Connect(folder.FullName);
                await socket.SendAsync(Encoding.ASCII.GetBytes("set=1\nreplace_peers=true\n\n"));
                Assert.Equal("errno=-5\n\n", await ReadAsync(socket).WaitAsync(TimeSpan.FromSeconds(10)));
            }
        }

        pair.Left.Context.RunService();
        Assert.Single(pair.Left.Tunnel.Peers.All);
        folder.Delete();
    }

    [Fact]
    public async Task Tools_with_incomplete_requests_do_not_block_others()
    {
        using var pair = new TunnelPair();
        var folder = Directory.CreateTempSubdirectory("culvert-uapi-");
        using (new UapiServer(pair.Left.Tunnel, "test", folder.FullName))
        {
            var idle = new List<Socket>();
            for (var i = 0; i < 2 * UapiSocket.Limits.Places; i++)
            {
                var socket = await Connect(folder.FullName);
                idle.Add(socket);
                await socket.SendAsync("get=1\n"u8.ToArray());
            }

            Assert.EndsWith("errno=0\n\n", await Exchange(pair.Left, folder.FullName, "get=1\n\n"), StringComparison.Ordinal);
            Assert.True(pair.Left.Context.Counters.All.Single(counter => counter is { Name: "uapi-clients", Tags: [{ Value: "crowded-out" }] }).Value > 0);
            idle.ForEach(socket => socket.Dispose());
        }

        folder.Delete();
    }

    [Fact]
    public async Task Port_and_mark_are_set_and_shown()
    {
        using var tunnel = new TunnelPair().Connect();
        var socket = new FakeSocket();
        tunnel.Left.Context.NetworkEnd = socket;

        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, "set=1\nlisten_port=9999\nfwmark=51820\n\n"));
        Assert.Equal((9999, 51820u), (socket.Facts.ListenPort, socket.Facts.FirewallMark));
        var lines = (await Ask(tunnel.Left, "get=1\n\n")).Split('\n');
        Assert.Contains("listen_port=9999", lines);
        Assert.Contains("fwmark=51820", lines);

        // What is so already needs no right and no other port.
        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, "set=1\nlisten_port=9999\nfwmark=51820\n\n"));
        Assert.Equal(1, socket.Changes);
        Assert.NotNull(tunnel.Left.Peer.Keypairs.Current);

        Assert.Equal("errno=0\n\n", await Ask(tunnel.Left, "set=1\nlisten_port=0\nfwmark=0\n\n"));
        Assert.Equal((null, null), (socket.Facts.ListenPort, socket.Facts.FirewallMark));
    }

    [Theory]
    [InlineData("listen_port=7", SocketError.AddressAlreadyInUse, -98)]
    [InlineData("listen_port=7", SocketError.AccessDenied, -1)]
    [InlineData("listen_port=7", SocketError.SocketError, -5)]
    [InlineData("fwmark=7", SocketError.AccessDenied, -1)]
    [InlineData("fwmark=7", SocketError.OperationNotSupported, -95)]
    public async Task What_the_socket_refuses_refuses_the_whole_request(string line, SocketError refusal, int errno)
    {
        using var tunnel = new TunnelPair().Connect();
        var socket = new FakeSocket { Refusal = refusal };
        tunnel.Left.Context.NetworkEnd = socket;

        Assert.Equal($"errno={errno}\n\n", await Ask(tunnel.Left, $"set=1\n{line}\nreplace_peers=true\n\n"));
        Assert.Single(tunnel.Left.Tunnel.Peers.All);
        Assert.Contains(tunnel.Left.Context.Log.Lines, text => text.Contains("Set request refused", StringComparison.Ordinal));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private sealed class FakeSocket : IPacketEndpoint
    {
        public int Changes { get; private set; }

        public SocketError Refusal { get; init; } = SocketError.Success;

        public NetworkEndpointShape Facts { get; private set; } = new() { ListenPort = 51820 };

        public void Change(NetworkEndpointShape wanted)
        {
            Changes++;
            Facts = Refusal == SocketError.Success ? wanted : throw new SocketException((int)Refusal);
        }

        public void Receive(PacketFiller filler)
        {
        }
    }

    private static async Task<string> Ask(End end, string request)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-uapi-");
        try
        {
            using var server = new UapiServer(end.Tunnel, "test", folder.FullName);
            return await Exchange(end, folder.FullName, request);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> Exchange(End end, string folder, string request)
    {
        using var socket = await Connect(folder);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        var answer = ReadAsync(socket);
        for (var i = 0; i < 500 && !answer.IsCompleted; i++)
        {
            end.Context.RunService();
            await Task.WhenAny(answer, Task.Delay(10));
        }

        return await answer.WaitAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task<Socket> Connect(string folder)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(folder, "test.sock")));
        return socket;
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().EndsWith("\n\n", StringComparison.Ordinal))
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        }

        return text.ToString();
    }
}
