using System.Net;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running;

/// <summary>An end in memory that can be polled: a datagram to itself on loopback says that something was injected.</summary>
internal sealed class PollableEnd : IPacketEndpoint, IDisposable
{
    private readonly Socket _bell = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private long _asked;

    public PollableEnd(MemoryEndpoint memory)
    {
        Memory = memory;
        _bell.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public MemoryEndpoint Memory { get; }

    /// <summary>How often it was asked for packets.</summary>
    public long Asked => Volatile.Read(ref _asked);

    /// <summary>The thread that asked last.</summary>
    public int? Thread { get; private set; }

    public int? Descriptor => (int)_bell.SafeHandle.DangerousGetHandle();

    public void Inject(params ReadOnlySpan<byte[]> packets)
    {
        foreach (var packet in packets)
        {
            Assert.True(Memory.Inject(packet));
        }

        _bell.SendTo([1], _bell.LocalEndPoint!);
    }

    public void Receive(PacketFiller filler)
    {
        Interlocked.Increment(ref _asked);
        Thread = Environment.CurrentManagedThreadId;
        while (_bell.Available > 0)
        {
            _bell.Receive(new byte[1]);
        }

        if (Memory.Waiting > 0)
        {
            Memory.Receive(filler);
        }
    }

    public void Wake() => Assert.Fail("An end that can be polled is not woken.");

    public void Outbound(PacketBatch batch) => Memory.Outbound(batch);

    public void Inbound(PacketBatch batch) => Memory.Inbound(batch);

    public void Dispose()
    {
        _bell.Dispose();
        Memory.Dispose();
    }
}
