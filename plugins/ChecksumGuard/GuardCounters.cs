using Culvert.Counters;
using Culvert.Wire;

namespace Culvert.Plugins.ChecksumGuard;

/// <summary>The guard's counters per protocol, for one direction. Belongs to that direction's thread.</summary>
internal sealed class GuardCounters
{
    private readonly ProtocolCounters[] _protocols;
    private readonly BatchCounter[] _obstacles;

    /// <summary>Declares the counters of a direction.</summary>
    public GuardCounters(CounterSet counters, string direction)
    {
        var way = KeyValuePair.Create("direction", direction);

        // In the order of ChecksumKind.
        string[] protocols = ["ipv4-header", "tcp", "udp", "icmp", "icmpv6", "other"];
        _protocols = [.. protocols.Select(name => new ProtocolCounters(counters, way, KeyValuePair.Create("protocol", name)))];

        // In the order of ChecksumObstacle, whose first is "none".
        (string Name, string Description)[] obstacles =
        [
            ("fragment", "Cannot be judged: a fragment, while the checksum covers the whole datagram."),
            ("truncated", "Cannot be judged: shorter than the IP header says."),
            ("malformed", "Cannot be judged: a header is broken, or it is no IP packet."),
            ("unknown-protocol", "Cannot be judged: a protocol whose checksum the guard does not know."),
        ];
        _obstacles = [.. obstacles.Select(one => new BatchCounter(counters.Create(one.Name, "packets", one.Description, way)))];
    }

    /// <summary>The number of bad checksums so far.</summary>
    public long BadSoFar { get; private set; }

    /// <summary>Counts one checksum.</summary>
    public void Note(in ChecksumFinding finding)
    {
        var protocol = _protocols[(int)finding.Kind];
        switch (finding.Verdict)
        {
            case ChecksumVerdict.Valid:
                protocol.NoteValid();
                break;
            case ChecksumVerdict.Bad:
                protocol.Judged.Increment();
                protocol.Bad.Increment();
                BadSoFar++;
                break;
            case ChecksumVerdict.NoneCarried:
                protocol.NoneCarried.Increment();
                break;
            default:
                protocol.CannotBeJudged.Increment();
                _obstacles[(int)finding.Obstacle - 1].Increment();
                break;
        }
    }

    /// <summary>Counts the checksums of a packet of which all are right.</summary>
    /// <param name="isIpv4">Whether it has an IPv4 header's.</param>
    /// <param name="protocol">TCP or UDP.</param>
    public void NoteValid(bool isIpv4, IpProtocol protocol)
    {
        if (isIpv4)
        {
            _protocols[(int)ChecksumKind.Ipv4Header].NoteValid();
        }

        _protocols[(int)(protocol == IpProtocol.Tcp ? ChecksumKind.Tcp : ChecksumKind.Udp)].NoteValid();
    }

    /// <summary>Counts one repaired checksum.</summary>
    public void NoteRepair(ChecksumKind kind) => _protocols[(int)kind].Repaired.Increment();

    /// <summary>The reason for which a packet with a bad checksum of this kind is dropped.</summary>
    public DropReason BadChecksum(ChecksumKind kind) => _protocols[(int)kind].BadChecksum;

    /// <summary>Publishes what was counted since the last call; once a batch.</summary>
    public void Publish()
    {
        foreach (var protocol in _protocols)
        {
            protocol.Publish();
        }

        foreach (var obstacle in _obstacles)
        {
            obstacle.Publish();
        }
    }

    private sealed class ProtocolCounters
    {
        public ProtocolCounters(CounterSet counters, KeyValuePair<string, string> way, KeyValuePair<string, string> protocol)
        {
            Counter Create(string name, string description) => counters.Create(name, "packets", description, way, protocol);

            Judged = new(Create("judged", "Checksums that were found valid or bad."));
            Valid = new(Create("valid", "Checksums that are right."));
            Bad = new(Create("bad", "Checksums that are wrong; they were so when they came to the guard."));
            Repaired = new(Create("repaired", "Bad checksums that were set right (on-bad: repair)."));
            BadChecksum = counters.DropReason("bad-checksum", "Packets whose checksum is wrong (on-bad: drop).", way, protocol);
            NoneCarried = new(Create("none-carried", "UDP datagrams over IPv4 that carry no checksum."));
            CannotBeJudged = new(Create("cannot-be-judged", "Checksums that this packet alone cannot settle."));
        }

        public BatchCounter Judged { get; }

        public BatchCounter Valid { get; }

        public BatchCounter Bad { get; }

        public BatchCounter Repaired { get; }

        public DropReason BadChecksum { get; }

        public BatchCounter NoneCarried { get; }

        public BatchCounter CannotBeJudged { get; }

        public void NoteValid()
        {
            Judged.Increment();
            Valid.Increment();
        }

        public void Publish()
        {
            Judged.Publish();
            Valid.Publish();
            Bad.Publish();
            Repaired.Publish();
            NoneCarried.Publish();
            CannotBeJudged.Publish();
        }
    }
}
