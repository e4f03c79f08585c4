using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Encrypt.Tests.Fixtures;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// Datagrams to one end of a tunnel that is up, from someone who has seen all of its messages and knows both public keys: mac1 is right where the first
/// byte asks for it. Nothing throws, nothing is delivered and nothing answered as a handshake.
/// </summary>
internal sealed class HandshakeTarget : FuzzTarget
{
    private readonly TunnelPair _pair = new TunnelPair().Connect();
    private readonly byte[][] _known;

    public HandshakeTarget() =>
        _known = [.. _pair.Crossed.Select(message => message.Bytes), _pair.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2"))[0].Bytes];

    public override IEnumerable<byte[]> Seeds => Messages().SelectMany(message => Enumerable.Range(0, 8).Select(how => (byte[])[(byte)how, .. message]));

    public override int MaxLength => 300;

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        var how = input[0];
        var message = input.AsSpan(1).ToArray();
        var to = (how & 1) == 0 ? _pair.Right : _pair.Left;
        if ((how & 2) != 0 && message.Length > 2 * MessageLayout.MacSize)
        {
            Span<byte> key = stackalloc byte[Blake2s.HashSize];
            MacLabels.Mac1Key(key, to.Tunnel.Local.PublicKey!.Value.ToArray());
            Blake2s.Mac(message.AsSpan()[^(2 * MessageLayout.MacSize)..^MessageLayout.MacSize], key, message.AsSpan()[..^(2 * MessageLayout.MacSize)]);
        }

        if (_known.Any(known => known.AsSpan().SequenceEqual(message)))
        {
            return;
        }

        var before = (to.Delivered.Count, to.Context.Count("responses-sent"), to.Peer.Handshaker.LastCompleted, to.Peer.Endpoint.Current);
        to.Tunnel.Receiver.AlwaysUnderLoad = (how & 4) != 0;
        to.Receive(message, End.At("203.0.113.9:7"));
        to.Context.RunService();
        foreach (var answer in to.Context.TakeEmitted())
        {
            // A cookie reply is smaller than what it answers, so that nobody is flooded through this end.
            Assert.True(answer.Bytes.Length < message.Length, "an answer larger than its request");
        }

        Assert.Empty(to.Context.Faults);
        Assert.Equal(before, (to.Delivered.Count, to.Context.Count("responses-sent"), to.Peer.Handshaker.LastCompleted, to.Peer.Endpoint.Current));
    }

    public override void Dispose() => _pair.Dispose();

    private IEnumerable<byte[]> Messages()
    {
        var reply = new byte[CookieReply.Size];
        _pair.Right.Tunnel.Local.CookieChecker.WriteReply(reply, _known[0], _pair.Left.Address);
        return [.. _known, reply, [4, 0, 0, 0, .. new byte[28]], [1, 0, 0, 0, .. new byte[144]], [1, 0, 0, 0, .. new byte[176]], [2, 0, 0, 0, .. new byte[88]], [], [4, 0, 0]];
    }
}
