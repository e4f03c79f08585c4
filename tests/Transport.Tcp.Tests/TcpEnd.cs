using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Culvert.Endpoints;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Transport.Tcp;
using Culvert.Testing;
using Culvert.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Transport.Tcp.Tests;

/// <summary>A stage on loopback with the batch that it receives into, served by the test's thread. Every wait is bounded.</summary>
internal sealed class TcpEnd : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly TestBatch _inbound;
    private readonly PollWait? _wait;

    public TcpEnd(TcpOptions? options = null, PacketRoom? room = null)
    {
        Requires.Linux();
        Context = new TestStageContext(Time, room: room ?? new PacketRoom(0, 1472, 0), poolCapacity: 4);
        Stage = new TcpStage(options ?? Listening, Context);
        _inbound = new TestBatch(Context, Direction.Inbound);
        if (OperatingSystem.IsLinux())
        {
            _wait = new PollWait(Stage.Descriptor!.Value);
        }

        Context.RunService();
    }

    public static TcpOptions Listening => new() { Listen = new(IPAddress.Loopback, 0) };

    public FakeTimeProvider Time { get; } = new();

    public TestStageContext Context { get; }

    public TcpStage Stage { get; }

    public static TcpOptions Connecting(IPEndPoint target) => new() { Connect = Host(target.ToString()) };

    public static HostEndpoint Host(string text) =>
        HostEndpoint.TryParse(text, out var host) ? host : throw new ArgumentException(text, nameof(text));

    /// <summary>A script's side: connects with a plain socket.</summary>
    public Socket Dial()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(Stage.Local!);
        return socket;
    }

    /// <summary>Sends datagrams in one batch.</summary>
    /// <returns>How many were dropped.</returns>
    public int Send(DatagramEndpoint to, params ReadOnlySpan<byte[]> datagrams)
    {
        var batch = new TestBatch(Context, Direction.Outbound, Math.Max(1, datagrams.Length));
        foreach (var datagram in datagrams)
        {
            batch.Add(datagram, to);
        }

        Stage.Outbound(batch.Batch);
        var dropped = 0;
        for (var i = 0; i < batch.Batch.Count; i++)
        {
            dropped += batch.Batch[i].IsDropped ? 1 : 0;
        }

        return dropped;
    }

    /// <summary>Receives until that many datagrams have come.</summary>
    public List<(byte[] Data, DatagramEndpoint From)> Receive(int count)
    {
        var received = new List<(byte[], DatagramEndpoint)>();
        Until(() => received.Count >= count, received);
        return received;
    }

    /// <summary>Receives until something is so.</summary>
    public void Until(Func<bool> isSo, List<(byte[] Data, DatagramEndpoint From)>? received = null)
    {
        var watch = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(watch.Elapsed < _patience, $"It did not come about in time.\n{string.Join('\n', Context.Counters.All)}");
            Thread.Sleep(1);
            Context.RunService(limit: 100);
            Round(received);
        }
    }

    /// <summary>Lets the clock pass and the service run.</summary>
    public void Pass(TimeSpan time)
    {
        Time.Advance(time);
        Context.RunService(limit: 100);
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _wait?.Dispose();
        }

        Context.Dispose();
    }

    /// <summary>Receives what is there.</summary>
    public void Round(List<(byte[] Data, DatagramEndpoint From)>? received)
    {
        if (OperatingSystem.IsLinux() && _wait!.Look().IsNothing)
        {
            return;
        }

        do
        {
            _inbound.Clear();
            Stage.Receive(_inbound.Filler);
            foreach (var packet in _inbound.Batch)
            {
                received?.Add((packet.Data.ToArray(), packet.Endpoint));
            }
        }
        while (_inbound.Batch.Count == _inbound.Batch.Capacity);
    }
}
