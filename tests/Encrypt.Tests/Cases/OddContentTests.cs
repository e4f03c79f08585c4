using System.Buffers.Binary;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Content that a peer sealed although no stack sends it: the key does not make it a packet.</summary>
public sealed class OddContentTests
{
    private static readonly byte[] Good = Inner.Packet("10.0.0.1", "10.0.0.2", payload: 28);

    /// <summary>48 bytes, so that no padding follows.</summary>
    [Theory]
    [InlineData(0x45, 48, true)]
    [InlineData(0x45, 49, false)] // one byte is missing
    [InlineData(0x45, 65_535, false)]
    [InlineData(0x45, 19, false)] // shorter than its header
    [InlineData(0x55, 48, false)] // neither IPv4 nor IPv6
    [InlineData(0x4f, 48, false)] // a header of 60 bytes
    public void Content_that_is_no_whole_packet_is_dropped_and_counted(byte first, ushort length, bool isDelivered)
    {
        using var tunnel = new TunnelPair().Connect();
        var content = Good.ToArray();
        content[0] = first;
        BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(2), length);
        var message = new Message(content);
        Assert.True(tunnel.Left.Peer.Keypairs.Current!.TrySeal(tunnel.Left.Tunnel.Local.Cipher.ServiceSlot, new Sealed(message), mtu: 1420));

        var passed = tunnel.Right.Receive(message.Bytes, tunnel.Left.Address).Passed;

        Assert.Equal(isDelivered ? 1 : 0, passed.Count);
        Assert.Equal(isDelivered ? 0 : 1, tunnel.Right.Context.Count("inner-malformed"));
    }

    private sealed class Message(byte[] bytes)
    {
        public byte[] Bytes { get; set; } = bytes;
    }

    private readonly struct Sealed(Message message) : IGrowingPacket
    {
        public int Length => message.Bytes.Length;

        public Span<byte> Data => message.Bytes;

        public void Grow(int front, int back) => message.Bytes = [.. new byte[front], .. message.Bytes, .. new byte[back]];
    }
}
