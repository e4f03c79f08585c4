using System.Text;
using Culvert.Packets;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>
/// The web server of the demo without a network: as much of TCP (RFC 9293) as one client at a time on a path without loss needs. It
/// announces an MSS of 8961, answers <c>GET /</c> and <c>GET /file</c>, and never has more than a window on its way. Its sink runs on
/// one thread.
/// </summary>
internal sealed class MemoryWebServer
{
    public const ushort Port = 80;

    private const ushort Mss = DemoNetwork.LanMtu - 40;
    private const int WindowSegments = 512;

    private readonly MemoryEndpoint _link;
    private readonly DemoContent _content;
    private readonly byte[] _greeting = Encoding.ASCII.GetBytes(WebServer.Greeting);
    private readonly List<CapturedPacket> _synAcks = [];

    // The connection of the moment.
    private ushort _clientPort;
    private uint _initial;
    private int _clientMss;
    private uint _clientNext;
    private bool _sendsFile;
    private long _length;
    private long _sent;

    /// <param name="link">The gateway's host end; what comes out of it goes to the server.</param>
    /// <param name="content">The file.</param>
    public MemoryWebServer(MemoryEndpoint link, DemoContent content)
    {
        (_link, _content) = (link, content);
        link.Sink = Receive;
    }

    /// <summary>How many segments arrived with a bad checksum.</summary>
    public long BadChecksums { get; private set; }

    /// <summary>The SYN/ACKs that it sent.</summary>
    public IReadOnlyList<CapturedPacket> SynAcks
    {
        get { lock (_synAcks) { return [.. _synAcks]; } }
    }

    private void Receive(ReadOnlySpan<byte> packet, DatagramEndpoint from)
    {
        if (!IpView.TryParse(packet.ToArray(), out var ip) || !TcpView.TryParse(ip.Transport, out var segment))
        {
            return;
        }

        if (!segment.IsChecksumValid(ip.PseudoHeaderSum()))
        {
            BadChecksums++;
        }
        else if (segment.IsSyn)
        {
            Accept(segment);
        }
        else if (segment.SourcePort == _clientPort)
        {
            if (segment.Payload.Length > 0)
            {
                Answer(segment);
            }

            SendWindow(acknowledged: segment.Acknowledgment - (_initial + 1));
        }
    }

    private void Accept(TcpView syn)
    {
        _clientPort = syn.SourcePort;
        _clientNext = syn.Sequence + 1;
        _initial = (uint)Random.Shared.Next();
        _clientMss = Mss;
        (_length, _sent) = (0, 0);
        foreach (var option in syn.Options)
        {
            _clientMss = option.IsMss ? option.Mss : _clientMss;
        }

        var answer = Segment(TcpFlags.Syn | TcpFlags.Ack, _initial)
            .Mss(Mss).SackPermitted().Timestamps((uint)Environment.TickCount, _clientNext).Nop().WindowScale(7).Build();
        lock (_synAcks)
        {
            _synAcks.Add(new CapturedPacket(IsOutgoing: false, answer));
        }

        _link.Inject(answer);
    }

    private void Answer(TcpView request)
    {
        _clientNext = request.Sequence + (uint)request.Payload.Length;
        _sendsFile = request.Payload.StartsWith("GET /file "u8);
        _length = _sendsFile ? _content.Length : _greeting.Length;
    }

    private void SendWindow(uint acknowledged)
    {
        while (_sent < _length && _sent - acknowledged < (long)WindowSegments * _clientMss)
        {
            var piece = Piece(_sent);
            piece = piece[..Math.Min(piece.Length, _clientMss)];
            _link.Inject(Segment(TcpFlags.Ack, _initial + 1 + (uint)_sent).Payload(piece.ToArray()).Build());
            _sent += piece.Length;
        }
    }

    private ReadOnlySpan<byte> Piece(long offset) => _sendsFile ? _content.From(offset) : _greeting.AsSpan((int)offset);

    private PacketBuilder Segment(TcpFlags flags, uint sequence) =>
        PacketBuilder.Ip(DemoNetwork.WebAddress, DemoNetwork.MonitorTunnelAddress)
            .DontFragment().Tcp(Port, _clientPort, flags).Sequence(sequence, _clientNext);
}
