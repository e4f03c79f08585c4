using Culvert.Wire;

namespace Culvert.Engine.Inspection;

/// <summary>The verdicts on the checksums of one IP packet at one place: the IPv4 header's, if it has one, and its upper layer's.</summary>
internal readonly record struct ChecksumPair(ChecksumFinding? Header, ChecksumFinding Transport)
{
    private static readonly ChecksumPair _unreadable =
        new(null, new(ChecksumKind.Other, ChecksumVerdict.CannotBeJudged) { Obstacle = ChecksumObstacle.Malformed });

    public static ChecksumPair Judge(Span<byte> packet)
    {
        if (!IpView.TryParse(packet, out var ip))
        {
            return _unreadable;
        }

        ChecksumFinding? header = Ipv4View.TryParse(packet, out var v4) ? PacketChecksums.JudgeHeader(v4) : null;
        return new(header, PacketChecksums.JudgeTransport(ip));
    }
}
