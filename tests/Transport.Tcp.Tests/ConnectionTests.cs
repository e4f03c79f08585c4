using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Tcp;

namespace Transport.Tcp.Tests;

/// <summary>A stage and a script that speaks the format over plain sockets.</summary>
[SupportedOSPlatform("linux")]
public sealed class ConnectionTests
{
    private static readonly byte[] _hello = "hello"u8.ToArray();

    [Fact]
    public void Frames_go_both_ways_and_several_peers_are_kept_apart()
    {
        using var end = new TcpEnd();
        using var left = end.Dial();
        using var right = end.Dial();
        left.Send(Frames.Of(_hello, [], Frames.Bytes(1472)));
        var received = end.Receive(3);
        right.Send(Frames.Of([2]));
        var other = Assert.Single(end.Receive(1));

        Assert.Equal([_hello, [], Frames.Bytes(1472)], received.Select(one => one.Data));
        Assert.All(received, one => Assert.Equal(left.LocalEndPoint, one.From.ToIPEndPoint()));
        Assert.Equal(right.LocalEndPoint, other.From.ToIPEndPoint());

        Assert.Equal(0, end.Send(other.From, [7], [8]));
        Assert.Equal(0, end.Send(received[0].From, _hello));
        Assert.Equal([7], Frames.Read(right)!);
        Assert.Equal([8], Frames.Read(right)!);
        Assert.Equal(_hello, Frames.Read(left));
    }

    [Fact]
    public void A_frame_may_come_in_pieces_of_any_size()
    {
        using var end = new TcpEnd();
        using var script = end.Dial();
        byte[][] sent = [.. Enumerable.Range(0, 40).Select(i => Frames.Bytes(i * 35, i))];
        var stream = Frames.Of(sent);
        var random = new Random(3);
        var received = new List<(byte[] Data, DatagramEndpoint From)>();
        for (var at = 0; at < stream.Length;)
        {
            var size = Math.Min(random.Next(1, 600), stream.Length - at);
            script.Send(stream, at, size, SocketFlags.None);
            at += size;
            end.Until(() => end.Context.Count("receive-calls") > 0, received);
        }

        end.Until(() => received.Count == sent.Length, received);
        Assert.Equal(sent, received.Select(one => one.Data));
    }

    [Fact]
    public void More_than_a_batch_in_one_read_keeps_its_order()
    {
        using var end = new TcpEnd();
        using var script = end.Dial();
        byte[][] sent = [.. Enumerable.Range(0, 1000).Select(i => BitConverter.GetBytes(i))];
        script.Send(Frames.Of(sent));
        Assert.Equal(sent, end.Receive(1000).Select(one => one.Data));
    }

    [Fact]
    public void A_length_above_the_path_MTU_ends_the_connection()
    {
        using var end = new TcpEnd();
        using var stranger = end.Dial();
        stranger.Send("GET / HTTP/1.1\r\nHost: example.net\r\n\r\n"u8);
        end.Until(() => end.Context.Count("bad-length") == 1);
        Assert.True(Frames.IsClosed(stranger));
    }

    [Fact]
    public void A_stranger_that_sends_no_datagram_is_closed_and_one_that_does_stays()
    {
        using var end = new TcpEnd();
        using var silent = end.Dial();
        using var slow = end.Dial();
        using var speaker = end.Dial();
        slow.Send([0]);
        speaker.Send(Frames.Of(_hello));
        end.Receive(1);
        end.Until(() => end.Context.Count("accepted") == 3);
        end.Pass(LinkTable.SilenceLimit);

        Assert.Equal(2, end.Context.Count("silent"));
        Assert.True(Frames.IsClosed(silent));
        Assert.True(Frames.IsClosed(slow));
        speaker.Send(Frames.Of(_hello));
        end.Receive(1);
    }

    [Fact]
    public void Where_every_place_is_taken_the_oldest_unanswered_connection_makes_room()
    {
        using var end = new TcpEnd(TcpEnd.Listening with { Connections = 2 });
        using var peer = end.Dial();
        peer.Send(Frames.Of(_hello));
        end.Send(end.Receive(1)[0].From, _hello);
        using var stranger = end.Dial();
        end.Until(() => end.Context.Count("accepted") == 2);

        using var second = end.Dial();
        second.Send(Frames.Of(_hello));
        end.Send(end.Receive(1)[0].From, _hello);
        Assert.True(Frames.IsClosed(stranger));
        Assert.Equal(1, end.Context.Count("replaced"));

        using var late = end.Dial();
        Assert.True(Frames.IsClosed(late));
        Assert.Equal(1, end.Context.Count("turned-away"));
        Assert.Equal(_hello, Frames.Read(peer));
    }

    [Fact]
    public void Connections_beyond_the_backlog_are_counted()
    {
        using var end = new TcpEnd(TcpEnd.Listening with { Connections = 2 });
        var sockets = new List<Socket>();
        try
        {
            // The first hundred are accepted at once, and then a hundred a second; the backlog has room for 64.
            for (var i = 0; i < 400; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                sockets.Add(socket);
                try
                {
                    socket.Connect(end.Stage.Local!);
                }
                catch (SocketException)
                {
                    // Under way.
                }
            }

            end.Until(() =>
            {
                end.Time.Advance(TimeSpan.FromSeconds(1));
                return end.Context.Count("backlog-full") > 0;
            });
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public void Only_hosts_of_from_may_connect()
    {
        using var end = new TcpEnd(TcpEnd.Listening with { From = [IPNetwork.Parse("192.0.2.0/24")] });
        using var stranger = end.Dial();
        Assert.True(Frames.IsClosed(stranger));
        Assert.Equal(1, end.Context.Count("turned-away"));
    }

    [Fact]
    public void A_reader_that_does_not_read_costs_a_bounded_queue_and_is_cut_off()
    {
        using var end = new TcpEnd();
        using var script = end.Dial();
        script.Send(Frames.Of(_hello));
        var from = end.Receive(1)[0].From;
        byte[][] many = [.. Enumerable.Repeat(Frames.Bytes(1400), 100)];
        var dropped = 0;
        for (var i = 0; i < 1000 && dropped == 0; i++)
        {
            dropped = end.Send(from, many);
        }

        Assert.Equal(dropped, end.Context.Count("queue-full"));
        Assert.True(dropped > 0);
        end.Pass(LinkTable.ReadLimit);
        Assert.Equal(1, end.Context.Count("stalled"));
        Assert.True(end.Context.Count("lost") > 0);
        Assert.Equal(1, end.Send(from, _hello));
        Assert.Equal(1, end.Context.Count("not-connected"));
    }

    [Fact]
    public async Task A_queue_that_has_room_again_is_sent_without_a_new_datagram()
    {
        using var end = new TcpEnd();
        using var script = end.Dial();
        script.Send(Frames.Of(_hello));
        var from = end.Receive(1)[0].From;
        byte[][] many = [.. Enumerable.Repeat(Frames.Bytes(1400), 100)];
        var sent = 0;
        for (var dropped = 0; dropped == 0 && sent < 100_000; sent += many.Length - dropped)
        {
            dropped = end.Send(from, many);
        }

        var reading = Task.Run(() => Enumerable.Range(0, sent).All(_ => Frames.Read(script)!.AsSpan().SequenceEqual(many[0])));
        end.Until(() => reading.IsCompleted);
        Assert.True(await reading);
    }

    [Fact]
    public void Connect_sends_everything_to_one_side_and_comes_back_after_a_pause()
    {
        using var listener = Listen();
        using var end = new TcpEnd(TcpEnd.Connecting((IPEndPoint)listener.LocalEndPoint!));
        var first = listener.Accept();
        Assert.Equal(0, end.Send(DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:9")), _hello));
        Assert.Equal(_hello, Frames.Read(first));
        first.Send(Frames.Of([1]));
        Assert.Equal(listener.LocalEndPoint, end.Receive(1)[0].From.ToIPEndPoint());

        first.Close();
        end.Until(() => end.Context.Log.Lines.Any(message => message.Contains("next attempt in", StringComparison.Ordinal)));
        Assert.Equal(1, end.Send(default, _hello));
        Assert.Equal(1, end.Context.Count("not-connected"));
        end.Pass(TimeSpan.FromSeconds(2));
        using var second = listener.Accept();
        Assert.Equal(0, end.Send(default, [3]));
        Assert.Equal([3], Frames.Read(second)!);
    }

    [Fact]
    public void An_endpoint_that_a_stage_above_names_is_connected_to_and_what_waits_arrives()
    {
        using var listener = Listen();
        using var end = new TcpEnd(new TcpOptions());
        Assert.Equal(0, end.Send(DatagramEndpoint.From((IPEndPoint)listener.LocalEndPoint!), _hello, [2]));
        using var script = listener.Accept();
        Assert.Equal(_hello, Frames.Read(script));
        Assert.Equal([2], Frames.Read(script)!);
        script.Send(Frames.Of([4]));
        Assert.Equal([4], end.Receive(1)[0].Data);
        Assert.Equal(1, end.Send(default, [9]) + (end.Context.Count("no-endpoint") == 1 ? 0 : 1));
    }

    [Fact]
    public void A_refused_connection_is_tried_again_after_its_pause_only()
    {
        using var listener = Listen();
        var target = (IPEndPoint)listener.LocalEndPoint!;
        listener.Close();
        using var end = new TcpEnd(new TcpOptions());
        end.Send(DatagramEndpoint.From(target), _hello);
        end.Until(() => end.Context.Count("dial-failures") == 1);
        end.Until(() => end.Context.Count("lost") == 1);
        Assert.Equal(1, end.Send(DatagramEndpoint.From(target), _hello));
        end.Pass(TimeSpan.FromSeconds(1));
        end.Send(DatagramEndpoint.From(target), _hello);
        end.Until(() => end.Context.Count("dial-failures") == 2);
    }

    [Fact]
    public void The_endpoint_of_an_ended_connection_is_not_connected_to()
    {
        using var end = new TcpEnd();
        var script = end.Dial();
        script.Send(Frames.Of(_hello));
        var from = end.Receive(1)[0].From;
        script.Close();
        end.Until(() => end.Context.Log.Lines.Any(line => line.Contains("closed", StringComparison.Ordinal)));
        Assert.Equal(1, end.Send(from, _hello));
        Assert.Equal(0, end.Context.Count("dialed"));
    }

    [Fact]
    public void A_proxy_leads_to_the_target()
    {
        using var listener = Listen();
        using var end = new TcpEnd(new TcpOptions
        {
            Connect = TcpEnd.Host("vpn.example.net:4443"),
            Proxy = new ProxyAddress(TcpEnd.Host(listener.LocalEndPoint!.ToString()!)),
        });
        using var script = listener.Accept();
        var request = new byte[200];
        var length = script.Receive(request);
        Assert.StartsWith("CONNECT vpn.example.net:4443 HTTP/1.1\r\n", System.Text.Encoding.ASCII.GetString(request, 0, length), StringComparison.Ordinal);
        script.Send([.. "HTTP/1.1 200 OK\r\n\r\n"u8, .. Frames.Of(_hello)]);
        Assert.Equal(_hello, end.Receive(1)[0].Data);
        end.Send(default, [5]);
        Assert.Equal([5], Frames.Read(script)!);
    }

    [Fact]
    public void A_proxy_that_refuses_is_named()
    {
        using var listener = Listen();
        using var end = new TcpEnd(new TcpOptions
        {
            Connect = TcpEnd.Host("192.0.2.1:4443"),
            Proxy = new ProxyAddress(TcpEnd.Host(listener.LocalEndPoint!.ToString()!)),
        });
        using var script = listener.Accept();
        script.Receive(new byte[200]);
        script.Send("HTTP/1.1 403 Forbidden\r\n\r\n"u8);
        end.Until(() => end.Context.Log.Lines.Any(message => message.Contains("it answered 403", StringComparison.Ordinal)));
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }
}
