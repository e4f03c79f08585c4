using System.Net;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

/// <summary>What a datagram says beside its bytes: the address that it was sent to, where an answer leaves from, DSCP and ECN.</summary>
public sealed class ArrivalTests
{
    private static readonly byte[] _hello = "hello"u8.ToArray();

    [Theory]
    [InlineData("0.0.0.0:0", "127.0.0.2", Twin.LinuxOffload)]
    [InlineData("0.0.0.0:0", "127.0.0.2", Twin.LinuxPlain)]
    [InlineData("[::]:0", "127.0.0.2", Twin.LinuxOffload)]
    [InlineData("[::]:0", "::1", Twin.LinuxOffload)]
    public void An_answer_leaves_from_the_address_that_was_called(string listen, string called, Twin twin)
    {
        Requires.Linux();
        using var end = new UdpEnd(twin, listen);
        var address = IPAddress.Parse(called);

        // A connected socket takes datagrams from that address alone, as a stateful firewall does.
        using var caller = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        caller.Connect(new IPEndPoint(address, end.Socket.Local.Port));
        caller.Send(_hello);
        var (_, from) = Assert.Single(end.Receive(1));
        Span<byte> local = stackalloc byte[16];

        Assert.Equal(address, new IPAddress(local[..from.WriteLocalAddress(local)]));
        Assert.NotEqual(0u, from.InterfaceIndex);
        end.Send(from, _hello, _hello, [1]);
        Assert.Equal(5, caller.Receive(new byte[10]));
        Assert.Equal(5, caller.Receive(new byte[10]));
        Assert.Equal(1, caller.Receive(new byte[10]));
    }

    [Theory]
    [InlineData("0.0.0.0:0", "127.0.0.1", "192.0.2.99", 0u)]
    [InlineData("0.0.0.0:0", "127.0.0.1", "127.0.0.1", 4_000_000u)]
    [InlineData("[::]:0", "127.0.0.1", "192.0.2.99", 0u)]
    [InlineData("[::]:0", "::1", "2001:db8::99", 0u)]
    public void Where_the_called_address_is_gone_the_answer_leaves_from_another_unless_it_must_not(string listen, string to, string local, uint device)
    {
        Requires.Linux();
        using var end = new UdpEnd(Twin.LinuxOffload, listen);
        using var other = new UdpEnd(Twin.LinuxOffload, to.Contains(':', StringComparison.Ordinal) ? $"[{to}]:0" : $"{to}:0");
        var gone = IPAddress.Parse(local).GetAddressBytes();

        end.Send(other.Endpoint.WithLocal(gone, device), _hello, _hello);
        Assert.Equal(2, other.Receive(2).Count);
        end.Send(other.Endpoint.WithLocal(gone, device, isRequired: true), _hello, _hello);
        Assert.True(end.Socket.SendOffload.Contains("UDP_SEGMENT", StringComparison.Ordinal));
        Assert.Equal(2, end.Counters.Unreachable.Value + end.Counters.SendFailed.Value);
    }

    [Fact]
    public void A_peer_of_the_file_is_answered_from_the_address_that_it_called()
    {
        Requires.Linux();
        using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        caller.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var peer = new ResolvedPeer { Endpoint = DatagramEndpoint.From((IPEndPoint)caller.LocalEndPoint!) };
        using var end = new UdpEnd(Twin.LinuxOffload, "0.0.0.0:0", peer: peer);
        caller.SendTo(_hello, new IPEndPoint(IPAddress.Parse("127.0.0.3"), end.Socket.Local.Port));
        end.Receive(1);
        end.Send(peer.Endpoint, _hello);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        caller.ReceiveFrom(new byte[10], ref from);

        Assert.Equal(new IPEndPoint(IPAddress.Parse("127.0.0.3"), end.Socket.Local.Port), from);
    }

    [Theory]
    [InlineData("127.0.0.1:0", Twin.LinuxOffload)]
    [InlineData("[::1]:0", Twin.LinuxOffload)]
    [InlineData("127.0.0.1:0", Twin.LinuxPlain)]
    public void DSCP_and_ECN_cross_the_socket_and_no_send_mixes_values(string listen, Twin twin)
    {
        Requires.Linux();
        using var sender = new UdpEnd(twin, listen);
        using var end = new UdpEnd(twin, listen);
        byte[] classes = [0, 0, 3, 3, 0xB8, 0xB9, 0xB9, 0];
        var batch = sender.Batch([.. classes.Select((_, i) => new[] { (byte)i })]);
        for (var i = 0; i < classes.Length; i++)
        {
            var packet = batch[i];
            (packet.Endpoint, packet.TrafficClass) = (end.Endpoint, classes[i]);
        }

        sender.Socket.Send(batch);
        Assert.Equal(classes, ReceiveClasses(end, classes.Length));
    }

    [Fact]
    public void DSCP_and_ECN_of_an_IPv4_peer_cross_a_dual_stack_socket()
    {
        Requires.Linux();
        using var dual = new UdpEnd(Twin.LinuxOffload, "[::]:0");
        using var end = new UdpEnd(Twin.LinuxOffload);
        var batch = dual.Batch(_hello);
        var packet = batch[0];
        (packet.Endpoint, packet.TrafficClass) = (end.Endpoint, 0x2E << 2 | 1);
        dual.Socket.Send(batch);
        Assert.Equal([(byte)(0x2E << 2 | 1)], ReceiveClasses(end, 1));

        batch = end.Batch(_hello);
        packet = batch[0];
        (packet.Endpoint, packet.TrafficClass) = (DatagramEndpoint.From(new IPEndPoint(IPAddress.Loopback, dual.Socket.Local.Port)), 3);
        end.Socket.Send(batch);
        Assert.Equal([(byte)3], ReceiveClasses(dual, 1));
    }

    [Fact]
    public void A_socket_bound_to_a_device_reaches_nobody_else()
    {
        Requires.Root();
        using var end = new UdpEnd(Twin.LinuxOffload, options: new UdpOptions { Listen = new(IPAddress.Any, 0), BindDevice = "lo" });
        using var other = new UdpEnd(Twin.LinuxOffload);
        end.Send(other.Endpoint, _hello);
        other.Receive(1);

        // A route is not asked for the device: loopback knows no neighbour there, and the datagram goes nowhere.
        end.Send(DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:9")), _hello);
        Assert.Equal("its bind-device changed", UdpStage.WhyReopen(new() { BindDevice = "lo" }, new()));
    }

    [Fact]
    public void A_device_that_does_not_exist_is_named()
    {
        Requires.Linux();
        var error = Assert.Throws<StageStartException>(() => new UdpEnd(Twin.LinuxOffload, options: new UdpOptions { BindDevice = "nosuch0" }));
        Assert.Contains("'nosuch0'", error.Message, StringComparison.Ordinal);
        var report = new OptionsRecorder();
        UdpStage.Validate(new() { BindDevice = "a name" }, report);
        Assert.Equal("bind-device", Assert.Single(report.Errors).Key);
    }

    private static List<byte> ReceiveClasses(UdpEnd end, int count)
    {
        var classes = new List<byte>();
        for (var round = 0; round < count && classes.Count < count; round++)
        {
            end.Inbound.Clear();
            end.Receive();
            foreach (var packet in end.Inbound.Batch)
            {
                classes.Add(packet.TrafficClass);
            }
        }

        return classes;
    }
}
