using System.Buffers.Binary;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.ChecksumGuard;

/// <summary>Judges the packets of one direction and does with the bad ones what the options say. Belongs to that direction's thread.</summary>
internal sealed class DirectionGuard(BadChecksumAction action, string direction, IStageContext context)
{
    private static readonly ChecksumFinding _notIp =
        new(ChecksumKind.Other, ChecksumVerdict.CannotBeJudged) { Obstacle = ChecksumObstacle.Malformed };

    private readonly GuardCounters _counters = new(context.Counters, direction);
    private readonly BadChecksumReport _report = new(context, direction, action);

    /// <summary>Judges a batch.</summary>
    public void Judge(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (PlainPacket.TryProve(packet.Data, out var isIpv4, out var protocol))
            {
                _counters.NoteValid(isIpv4, protocol);
                continue;
            }

            if (!IpView.TryParse(packet.Data, out var ip))
            {
                _counters.Note(_notIp);
                continue;
            }

            if (ip.TryAsIpv4(out var header))
            {
                Settle(packet, PacketChecksums.JudgeHeader(header));
            }

            Settle(packet, PacketChecksums.JudgeTransport(ip));
        }

        _counters.Publish();
    }

    private void Settle(Packet packet, in ChecksumFinding finding)
    {
        _counters.Note(finding);
        if (finding.Verdict != ChecksumVerdict.Bad)
        {
            return;
        }

        _report.Write(packet.Data, finding, _counters.BadSoFar);
        switch (action)
        {
            case BadChecksumAction.Drop:
                packet.Drop(_counters.BadChecksum(finding.Kind));
                break;
            case BadChecksumAction.Repair:
                BinaryPrimitives.WriteUInt16BigEndian(packet.Data[finding.Offset..], finding.Wanted);
                _counters.NoteRepair(finding.Kind);
                break;
        }
    }
}
