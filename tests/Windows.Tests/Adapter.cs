using System.Net;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Tun.Windows;
using Culvert.Testing;

namespace Windows.Tests;

/// <summary>A stage on the doubles, with an adapter of its own.</summary>
internal sealed class Adapter : IDisposable
{
    private static int s_counter;

    public Adapter(TunOptions? options = null, int mtu = 1420)
    {
        Name = options?.Device ?? NewName();
        Options = (options ?? new TunOptions()) with { Device = Name };
        Context = new TestStageContext(mtu: mtu);
        Stage = new TunStage(Options, Context);
        Outbound = new TestBatch(Context, Direction.Outbound, 64, new PacketRoom(32, 9000, 32));
    }

    public string Name { get; }

    public TunOptions Options { get; }

    public TestStageContext Context { get; }

    public TunStage Stage { get; }

    public TestBatch Outbound { get; }

    public ulong Luid => (ulong)Stage.GetStatus()["luid"]!;

    public static string NewName() => $"double{Interlocked.Increment(ref s_counter)}";

    public static InterfaceAddress Address(string text) =>
        InterfaceAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text, nameof(text));

    public static IPNetwork Prefix(string text) => IPNetwork.Parse(text);

    /// <summary>One receive: what the host sent.</summary>
    public List<byte[]> Receive()
    {
        Outbound.Clear();
        Stage.Receive(Outbound.Filler);
        var received = new List<byte[]>();
        foreach (var packet in Outbound.Batch)
        {
            received.Add(packet.Data.ToArray());
        }

        return received;
    }

    /// <summary>Hands packets to the host.</summary>
    public void Send(params byte[][] packets)
    {
        var batch = new TestBatch(Context, Direction.Inbound, packets.Length, new PacketRoom(0, 70_000, 0));
        foreach (var packet in packets)
        {
            batch.Add(packet);
        }

        Stage.Inbound(batch.Batch);
    }

    public void Dispose()
    {
        Stage.Dispose();
        Context.Dispose();
    }
}
