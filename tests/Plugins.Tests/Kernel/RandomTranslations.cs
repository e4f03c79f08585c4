using Culvert.Testing;
using Culvert.Wire;

namespace Plugins.Tests.Kernel;

/// <summary>Random traffic between hosts inside and servers outside, from inside and back: datagrams, segments, echoes, and errors about them.</summary>
/// <param name="seed">The same for the same traffic.</param>
/// <param name="inside">The inside network's first three parts, with a dot behind.</param>
internal sealed class RandomTranslations(int seed, string inside)
{
    public const string Outside = "10.9.0.";

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _left = [];
    private ushort _connections = 10_000;

    /// <summary>A packet of a host: of its own ports, so that each keeps its port.</summary>
    public byte[] FromHost()
    {
        var host = _random.Next(1, 9);
        var port = (ushort)(2000 + (100 * host) + _random.Next(40));
        var ip = PacketBuilder.Ipv4($"{inside}{host}", $"{Outside}{_random.Next(1, 4)}").Identification((ushort)_random.Next());
        return (_random.Next(3) switch
        {
            // Each of its own: conntrack has an opinion about a second SYN.
            0 => ip.Tcp(_connections++, 443, TcpFlags.Syn).Sequence((uint)_random.Next()),
            1 => ip.Udp(port, 53),
            _ => ip.Ping(port, (ushort)_random.Next()),
        }).Payload(_random.Next(40)).Build();
    }

    /// <summary>Notes a host's packet as it left.</summary>
    public void Note(byte[] translated) => _left.Add(translated);

    /// <summary>An answer, or an error, about a packet that left. Null when none has.</summary>
    public byte[]? ToHost()
    {
        if (_left.Count == 0)
        {
            return null;
        }

        var packet = _left[_random.Next(Math.Max(0, _left.Count - 50), _left.Count)];
        Assert.True(IpView.TryParse(packet, out var ip));
        var (server, shared) = (ip.DestinationAddress.ToString(), ip.SourceAddress.ToString());
        if (_random.Next(3) == 0)
        {
            // The whole packet or the least: in between, the kernel leaves a quoted TCP checksum as it is.
            return PacketBuilder.Ipv4($"{Outside}{_random.Next(1, 9)}", shared).Icmp(3, (byte)_random.Next(4)).Payload(_random.Next(2) == 0 ? packet : packet[..28]).Build();
        }

        var back = PacketBuilder.Ipv4(server, shared).Identification((ushort)_random.Next());
        return (ip.Protocol switch
        {
            IpProtocol.Tcp when TcpView.TryParse(ip.Transport, out var tcp) =>
                back.Tcp(443, ip.SourcePort, TcpFlags.Syn | TcpFlags.Ack).Sequence(900, tcp.Sequence + 1 + (uint)tcp.Payload.Length),
            IpProtocol.Udp => back.Udp(53, ip.SourcePort),
            _ => back.Icmp(0, 0, (uint)ip.EchoIdentifier << 16),
        }).Payload(_random.Next(40)).Build();
    }
}
