using Culvert.Testing;
using Culvert.Wire;

namespace Plugins.Tests.Kernel;

/// <summary>Random traffic of a few hosts: connections that mostly go as they should, datagrams, echoes and errors.</summary>
internal sealed class RandomConversations(int seed)
{
    private const int Talks = 24;
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;

    private readonly Random _random = new(seed);
    private readonly uint[] _insideNext = new uint[Talks];
    private readonly uint[] _outsideNext = new uint[Talks];
    private readonly ushort[] _ports = new ushort[Talks];
    private readonly bool[] _wentBeyond = new bool[Talks];
    private readonly Step[] _steps = new Step[Talks];
    private readonly List<byte[]> _sent = [];

    private enum Step
    {
        None,
        Opening,
        Answered,
        Open,
    }

    /// <summary>Whether Linux may decide otherwise about the last packet.</summary>
    public Stray Stray { get; private set; }

    /// <summary>The next packet and its direction.</summary>
    public (byte[] Packet, bool IsOutbound) Next()
    {
        var isOutbound = _random.Next(2) == 0;
        Stray = Stray.None;
        var packet = _random.Next(10) switch
        {
            < 6 => Segment(_random.Next(Talks), out isOutbound),
            6 => Noise(isOutbound),
            7 => Datagram(isOutbound),
            8 => Echo(isOutbound),
            _ => Error(isOutbound),
        };
        _sent.Add(packet);
        return (packet, isOutbound);
    }

    private byte[] Segment(int talk, out bool isOutbound)
    {
        var step = _steps[talk];
        isOutbound = step switch { Step.None => true, Step.Opening => false, Step.Answered => true, _ => _random.Next(2) == 0 };
        ref var own = ref isOutbound ? ref _insideNext[talk] : ref _outsideNext[talk];
        var other = isOutbound ? _outsideNext[talk] : _insideNext[talk];
        var (flags, sequence, payload) = (TcpFlags.Ack, own, _random.Next(100));
        switch (step)
        {
            case Step.None:
                _ports[talk]++;
                _wentBeyond[talk] = false;
                (flags, sequence, payload, _steps[talk]) = (TcpFlags.Syn, (uint)_random.Next(), 0, Step.Opening);
                (own, other) = (sequence + 1, 0);
                break;
            case Step.Opening:
                (flags, sequence, payload, _steps[talk]) = (SynAck, (uint)_random.Next(), 0, Step.Answered);
                own = sequence + 1;
                break;
            case Step.Answered:
                (payload, _steps[talk]) = (0, Step.Open);
                break;
            default:
                switch (_random.Next(20))
                {
                    case 0:
                        (flags, payload, _steps[talk]) = (TcpFlags.Rst | TcpFlags.Ack, 0, Step.None);
                        break;
                    case 1:
                        sequence += (uint)StrayBy(Stray.OldSequence, Stray.BeyondWindow);
                        break;
                    case 2:
                        other += (uint)StrayBy(Stray.OldAcknowledgment, Stray.None);
                        break;
                    default:
                        own += (uint)payload;
                        break;
                }

                break;
        }

        Stray = Stray == Stray.None && _wentBeyond[talk] ? Stray.AfterBeyondWindow : Stray;
        _wentBeyond[talk] |= Stray == Stray.BeyondWindow;
        var port = (ushort)(10_000 + (1000 * talk) + (_ports[talk] % 1000));
        return Between(isOutbound, talk % 4)
            .Tcp(isOutbound ? port : (ushort)443, isOutbound ? (ushort)443 : port, flags)
            .Sequence(sequence, other).Window(20_000).Payload(payload).Build();
    }

    private int StrayBy(Stray below, Stray above)
    {
        var distance = _random.Next(-200_000, 200_000);
        Stray = distance < 0 ? below : above;
        return distance;
    }

    // Flags and numbers at random, of no connection.
    private byte[] Noise(bool isOutbound) => Between(isOutbound, _random.Next(4))
        .Tcp((ushort)(isOutbound ? _random.Next(1, 1000) : 444), (ushort)(isOutbound ? 444 : _random.Next(1, 1000)), (TcpFlags)_random.Next(32))
        .Sequence((uint)_random.Next()).Build();

    private byte[] Datagram(bool isOutbound)
    {
        var port = (ushort)(5000 + _random.Next(50));
        return Between(isOutbound, _random.Next(4)).Udp(isOutbound ? port : (ushort)53, isOutbound ? (ushort)53 : port).Payload(20).Build();
    }

    private byte[] Echo(bool isOutbound) =>
        Between(isOutbound, _random.Next(4)).Icmp((byte)(_random.Next(2) * 8), 0, (uint)_random.Next(20) << 16).Payload(20).Build();

    // Quotes a packet that went the other way, or none that did.
    private byte[] Error(bool isOutbound)
    {
        var quoted = _sent.Count > 0 ? _sent[^_random.Next(1, Math.Min(_sent.Count, 200) + 1)] : Datagram(!isOutbound);
        return Between(isOutbound, _random.Next(4)).Icmp(3, 1).Payload([.. quoted.Take(28)]).Build();
    }

    private static PacketBuilder Between(bool isOutbound, int host)
    {
        var (inside, outside) = ($"{KernelFilter.Inside}{1 + (host % 2)}", $"{KernelFilter.Outside}{1 + (host / 2)}");
        return isOutbound ? PacketBuilder.Ipv4(inside, outside) : PacketBuilder.Ipv4(outside, inside);
    }
}
