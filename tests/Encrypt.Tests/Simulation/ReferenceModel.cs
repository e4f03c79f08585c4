using System.Buffers.Binary;
using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Testing;

namespace Encrypt.Tests.Simulation;

/// <summary>An invariant that does not hold.</summary>
internal sealed class BrokenInvariantException(string message) : Exception(message);

/// <summary>
/// What the protocol promises, in a page: it knows the ends' files, the packets that were sent and the sessions that handshakes on the wire have
/// made, and looks into no end. Each packet that arrives must be one that was sent to that end, by the peer whose session it came in, and not
/// have arrived before; each session ends 180 s after its handshake, and with the keys that it was made of. What goes to a peer goes where its last
/// packet came from.
/// </summary>
/// <param name="clock">The time.</param>
internal sealed class ReferenceModel(SimulatedClock clock)
{
    // REJECT-AFTER-TIME of the WireGuard paper, section 6.1; not the product's constant, which is what is tested.
    private static readonly TimeSpan _rejectAfter = TimeSpan.FromSeconds(180);

    private readonly List<Session> _sessions = [];
    private readonly List<Packet> _packets = [];
    private readonly Dictionary<(EndName At, EndName From), Heard> _heard = [];

    /// <summary>The number of packets that have arrived.</summary>
    public int Arrived { get; private set; }

    /// <summary>
    /// The number of datagrams that arrived after their session had ended. The end that answered a handshake has the keys first, so that what the other
    /// seals at the very end comes too late.
    /// </summary>
    public int Expired { get; private set; }

    /// <summary>Makes the next packet of an end, and notes where it must go.</summary>
    /// <param name="from">The end.</param>
    /// <param name="source">The inner source.</param>
    /// <param name="destination">The inner destination.</param>
    /// <param name="length">The length after the header, at least 4 bytes.</param>
    public byte[] Send(SimulatedEnd from, string source, string destination, int length)
    {
        var bytes = Fixtures.Inner.Packet(source, destination, length);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), _packets.Count);
        _packets.Add(new Packet(bytes, from.Name, from.File.OwnerOf(IPAddress.Parse(destination)), IPAddress.Parse(source)));
        return bytes;
    }

    /// <summary>The number of the packet that was sent last.</summary>
    public int LastSent => _packets.Count - 1;

    /// <summary>Whether a packet has arrived.</summary>
    public bool HasArrived(int number) => _packets[number].HasArrived;

    /// <summary>Notes what a datagram made an end send: a response to an initiation, or the first message after a response, makes a session.</summary>
    public void Handle(SimulatedEnd at, Datagram datagram, IReadOnlyList<EmittedPacket> sent)
    {
        // Whether it was authentic is not known unless a packet is delivered.
        _heard.Remove((at.Name, datagram.From));
        switch (Type(datagram.Bytes))
        {
            case MessageType.Transport:
                var index = TransportHeader.Receiver(datagram.Bytes);
                var sessions = _sessions.FindAll(session => session.At == at.Name && session.Start == at.Starts && session.Local == index);
                Expired += sessions.Count > 0 && sessions.TrueForAll(session => clock.Now - session.Created >= _rejectAfter) ? 1 : 0;
                break;
            case MessageType.Initiation:
                Require(
                    !sent.Any(packet => Type(packet.Bytes) == MessageType.Response) || !_sessions.Exists(session => session.Memory == at.Memory && IsOf(session, at, datagram)),
                    $"{at.Name} answers an initiation twice");
                _sessions.AddRange(sent.Where(packet => Type(packet.Bytes) == MessageType.Response).Select(response =>
                    Create(at, datagram, MessageLayout.Sender(response.Bytes), MessageLayout.ResponseReceiverIndex(response.Bytes))));
                break;
            case MessageType.Response when _sessions.Find(session => IsOf(session, at, datagram)) is { } known:
                // Which copy was accepted is not known until something is sent.
                known.Created = known.IsUsed ? known.Created : clock.Now;
                break;
            case MessageType.Response:
                _sessions.Add(Create(at, datagram, MessageLayout.ResponseReceiverIndex(datagram.Bytes), MessageLayout.Sender(datagram.Bytes)));
                break;
        }
    }

    /// <summary>Judges a datagram that an end sends.</summary>
    public void CheckSent(SimulatedEnd from, EmittedPacket datagram)
    {
        if (Type(datagram.Bytes) == MessageType.Initiation)
        {
            // One that is repeated may try another endpoint, and does not tell whose it is.
            ForgetHeard(from);
        }

        if (Type(datagram.Bytes) != MessageType.Transport)
        {
            return;
        }

        var index = TransportHeader.Receiver(datagram.Bytes);
        var sessions = _sessions.FindAll(session => session.At == from.Name && session.Start == from.Starts && session.Remote == index);
        Require(sessions.Count > 0, $"{from.Name} sends a packet without a session");
        Require(sessions.Exists(session => clock.Now - session.Created < _rejectAfter), $"{from.Name} sends a packet under an expired key");
        Require(sessions.Exists(session => IsCurrent(session, from.File)), $"{from.Name} sends a packet under keys that are no longer in its file");
        sessions[^1].IsUsed = true;
        CheckFollows(from, datagram, sessions);
    }

    /// <summary>Judges an inner packet that an end delivers.</summary>
    public void CheckDelivered(SimulatedEnd at, Datagram datagram, byte[] bytes)
    {
        Require(bytes.Length >= 24, $"{at.Name} delivers a packet that nobody sent");
        var number = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20));
        Require(number >= 0 && number < _packets.Count && _packets[number].Bytes.AsSpan().SequenceEqual(bytes), $"{at.Name} delivers a packet that nobody sent");
        var packet = _packets[number];
        Require(!packet.HasArrived, $"{at.Name} delivers packet {number} twice");
        Require(packet.To == at.Name, $"packet {number} of {packet.From} is for {packet.To?.ToString() ?? "nobody"}, but {at.Name} delivers it");
        Require(at.File.OwnerOf(packet.Source) == packet.From, $"{at.Name} delivers packet {number} of {packet.From} from {packet.Source}, which is not that peer's");
        var index = TransportHeader.Receiver(datagram.Bytes);
        var sessions = _sessions.FindAll(session => session.At == at.Name && session.Start == at.Starts && session.Local == index && session.Peer == packet.From);
        Require(sessions.Count > 0, $"{at.Name} delivers packet {number} without a session with {packet.From}");
        Require(sessions.Exists(session => clock.Now - session.Created < _rejectAfter), $"{at.Name} accepts packet {number} under an expired key");
        Require(sessions.Exists(session => IsCurrent(session, at.File)), $"{at.Name} accepts packet {number} under keys that are no longer in its file");
        packet.HasArrived = true;
        Arrived++;
        _heard[(at.Name, packet.From)] = new Heard(datagram.Source, at.Starts, at.File);
    }

    /// <summary>Fails the scenario.</summary>
    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenInvariantException(otherwise);
        }
    }

    /// <summary>WireGuard paper, section 2.1: the endpoint is the source of the last authentic packet, of data too.</summary>
    private void CheckFollows(SimulatedEnd from, EmittedPacket datagram, List<Session> sessions)
    {
        var peer = sessions[0].Peer;
        if (sessions.TrueForAll(session => session.Peer == peer)
            && _heard.TryGetValue((from.Name, peer), out var heard) && heard.Start == from.Starts && heard.File == from.File)
        {
            Require(
                datagram.Endpoint.Remote == heard.Source.Remote,
                $"{from.Name} sends to {datagram.Endpoint.Remote}, but the last packet of {peer} came from {heard.Source.Remote}");
        }
    }

    private void ForgetHeard(SimulatedEnd at)
    {
        foreach (var peer in Enum.GetValues<EndName>())
        {
            _heard.Remove((at.Name, peer));
        }
    }

    private static bool IsCurrent(Session session, EndFile file) =>
        session.OwnKey == file.Key && file.Peers.TryGetValue(session.Peer, out var peer) && peer.Key == session.PeerKey;

    private static bool IsOf(Session session, SimulatedEnd at, Datagram cause) =>
        session.At == at.Name && session.Start == at.Starts && session.Cause == cause.Bytes;

    private static MessageType Type(byte[] message) => message.Length < 4 ? 0 : MessageLayout.TypeOf(message);

    private Session Create(SimulatedEnd at, Datagram cause, uint local, uint remote) =>
        new(at.Name, at.Starts, at.Memory, local, remote, cause.From, at.File.Key, cause.Key, cause.Bytes) { Created = clock.Now };

    /// <summary>Where a peer's last packet came from, and until when that counts.</summary>
    private sealed record Heard(DatagramEndpoint Source, int Start, EndFile File);

    /// <summary>An inner packet that was sent.</summary>
    private sealed record Packet(byte[] Bytes, EndName From, EndName? To, IPAddress Source)
    {
        public bool HasArrived { get; set; }
    }

    /// <summary>What a handshake has made at one end.</summary>
    private sealed record Session(EndName At, int Start, int Memory, uint Local, uint Remote, EndName Peer, int OwnKey, int PeerKey, byte[] Cause)
    {
        public TimeSpan Created { get; set; }

        public bool IsUsed { get; set; }
    }
}
