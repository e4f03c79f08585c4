using Culvert.Packets;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Two lanes of one end: one device, one set of keys, whichever lane a message comes to.</summary>
public sealed class LaneTests
{
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");
    private static readonly byte[] Back = Inner.Packet("10.0.0.2", "10.0.0.1");

    [Fact]
    public void Lanes_share_keys_counters_and_the_replay_window()
    {
        using var tunnel = new TunnelPair();
        var contexts = TestStageContext.ForLanes(2, tunnel.Time);
        var shape = EncryptStage.Shape(tunnel.Left.Options);
        var lanes = contexts
            .Select(context => new StageHarness<EncryptStage>(new EncryptStage(tunnel.Left.Options, context), shape, context)).ToArray();
        Assert.Same(lanes[0].Stage.Tunnel, lanes[1].Stage.Tunnel);

        // The packet waits in the first lane; the response comes to the second.
        Assert.Equal(1, lanes[0].Outbound(There).Taken);
        Cross(tunnel.Right, Serve(contexts), tunnel.Left.Address);
        var response = Assert.Single(tunnel.Right.Serve());
        lanes[1].Run(Direction.Inbound, tunnel.Right.Address, response.Bytes);
        Cross(tunnel.Right, Serve(contexts), tunnel.Left.Address);
        Assert.Single(tunnel.Right.Delivered);

        // No counter is used twice, whichever lane seals.
        for (var i = 0; i < 10; i++)
        {
            Cross(tunnel.Right, lanes[i % 2].Outbound(There).Passed, tunnel.Left.Address);
        }

        Assert.Equal(11, tunnel.Right.Delivered.Count);
        tunnel.Right.Serve();

        // What one lane has opened is a replay at the other.
        var datagram = Assert.Single(tunnel.Right.Send(Back)).Bytes;
        Assert.Equal(Back, lanes[0].Run(Direction.Inbound, tunnel.Right.Address, datagram).Single());
        Assert.Equal(1, lanes[1].Run(Direction.Inbound, tunnel.Right.Address, datagram).Drops["replayed"]);
        Array.ForEach(lanes, lane => lane.Stage.Dispose());
        contexts[0].Dispose();
    }

    [Fact]
    public async Task A_datagram_that_two_lanes_open_at_once_is_accepted_by_one()
    {
        const int lanes = 2;
        const int tagSize = 16;
        using var context = new TestStageContext();
        using var inside = new Barrier(lanes);
        var cipher = new DataCipher(CipherSuite.Wireguard, CipherLibrary.Libsodium, _ => new MeetingAead(inside), lanes);
        using var tunnel = new Tunnel(new FakeHost(context) { Lanes = lanes }, cipher, X25519Key.Generate(), TimeSpan.FromSeconds(120));
        var peer = tunnel.Peers.Add(End.NewKey().Public);
        var index = tunnel.Peers.Indexes.Reserve(peer);
        var keys = (new SecretBytes(KeyText.KeySize), new SecretBytes(KeyText.KeySize));
        peer.Keypairs.AddAsInitiator(new Keypair(peer, keys, isInitiator: true, (index, 7), tunnel.Local.Clock.Now, cipher));
        var keepalive = new byte[TransportHeader.Size + tagSize];
        TransportHeader.Write(keepalive, index, counter: 5);

        await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() =>
            tunnel.CreateInboundPath(lane).Process(new TestBatch(context, Direction.Inbound).Add(keepalive, End.At("192.0.2.2:51820")).Batch))));

        Assert.Equal((1, 1), (context.Count("keepalives-received"), context.Count("replayed")));
    }

    private static EmittedPacket[] Serve(IReadOnlyList<TestStageContext> contexts)
    {
        foreach (var context in contexts)
        {
            context.RunService();
        }

        return [.. contexts.SelectMany(context => context.TakeEmitted())];
    }

    private static void Cross(End to, IEnumerable<EmittedPacket> datagrams, DatagramEndpoint source)
    {
        foreach (var datagram in datagrams)
        {
            to.Receive(datagram.Bytes, source);
        }
    }

    /// <summary>Finds everything authentic, once both lanes are at the same message.</summary>
    private sealed class MeetingAead(Barrier inside) : Aead(tagSize: 16)
    {
        protected override void SealCore(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
        {
        }

        protected override bool OpenCore(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext) =>
            inside.SignalAndWait(TimeSpan.FromSeconds(30));

        protected override void Wipe()
        {
        }
    }
}
