using Culvert.Counters;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>Filters one direction. Belongs to that direction's thread.</summary>
internal sealed class DirectionFilter
{
    private readonly Direction _direction;
    private readonly RuleChain _rules;
    private readonly Refusals _refusals;
    private readonly DropReason _malformed;

    /// <summary>Creates the filter of one direction.</summary>
    public DirectionFilter(FilterOptions options, IStageContext context, Direction direction, Refusals refusals)
    {
        var name = direction == Direction.Outbound ? "outbound" : "inbound";
        (_direction, _refusals) = (direction, refusals);
        _rules = new RuleChain(options, context.Counters, name);
        _malformed = context.Counters.DropReason(
            "malformed", "Packets that are not IP, are cut, or whose headers contradict themselves.", KeyValuePair.Create("direction", name));
    }

    /// <summary>Decides about each packet of a batch.</summary>
    public void Judge(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (!IpView.TryParse(packet.Data, out var ip) || ip.IsTruncated)
            {
                packet.Drop(_malformed);
                continue;
            }

            JudgeByRules(packet, ip, batch.Timestamp);
        }

        _rules.Publish();
    }

    private void JudgeByRules(Packet packet, in IpView ip, long timestamp)
    {
        PacketKey.Read(packet.Data, _direction, out var key);
        var rule = _rules.Find(key);
        if (rule.Reason is not { } reason)
        {
            rule.NoteAllowed();
            return;
        }

        if (rule.Verdict == FilterVerdict.Reject)
        {
            _refusals.Answer(ip, _direction, timestamp);
        }

        packet.Drop(reason);
    }
}
