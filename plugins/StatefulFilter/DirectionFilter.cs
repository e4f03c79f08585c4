using Culvert.Endpoints.Flows;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Plugins.StatefulFilter.Flows;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>Filters one direction. Belongs to that direction's thread.</summary>
internal sealed class DirectionFilter
{
    private readonly Direction _direction;
    private readonly RuleChain _rules;
    private readonly Refusals _refusals;
    private readonly FlowTracker? _tracker;
    private readonly FlowCounters _counters;

    /// <summary>Creates the filter of one direction.</summary>
    /// <param name="options">The options, valid.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="refusals">The answers of the stage.</param>
    /// <param name="flows">The flows of all lanes; null to go by the rules alone.</param>
    public DirectionFilter(FilterOptions options, IStageContext context, Direction direction, Refusals refusals, SharedTable<FlowIdentity, Flow>? flows)
    {
        var name = direction == Direction.Outbound ? "outbound" : "inbound";
        (_direction, _refusals) = (direction, refusals);
        _rules = new RuleChain(options, context.Counters, name);
        _counters = new FlowCounters(context.Counters, name);
        _tracker = flows is null ? null : new FlowTracker(flows, new FlowTimes(context.Time), direction);
    }

    /// <summary>Decides about each packet of a batch.</summary>
    public void Judge(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (!IpView.TryParse(packet.Data, out var ip) || ip.IsTruncated)
            {
                packet.Drop(_counters.Malformed);
            }
            else if (_tracker is null)
            {
                JudgeByRules(packet, ip, batch.Timestamp);
            }
            else
            {
                JudgeByFlow(packet, ip, batch.Timestamp, _tracker);
            }
        }

        _rules.Publish();
        _counters.Publish();
    }

    private void JudgeByFlow(Packet packet, in IpView ip, long now, FlowTracker tracker)
    {
        var finding = tracker.Look(ip, now, out var key);
        switch (finding)
        {
            case FlowFinding.Known or FlowFinding.Ignored:
                _counters.Known.Increment();
                break;
            case FlowFinding.Malformed:
                packet.Drop(_counters.Malformed);
                return;
            case FlowFinding.OutOfWindow:
                packet.Drop(_counters.OutOfWindow);
                return;
            default:
                if (!JudgeByRules(packet, ip, now) || !TryStart(packet, ip, finding, key, now, tracker))
                {
                    return;
                }

                break;
        }

        if (ip.MoreFragments && ip.FragmentOffset == 0)
        {
            tracker.NoteFragments(ip, now);
        }
    }

    // The rules let the packet pass by its fields; now it must start a flow, or need none.
    private bool TryStart(Packet packet, in IpView ip, FlowFinding finding, in FlowIdentity key, long now, FlowTracker tracker)
    {
        if (finding == FlowFinding.NoFlow)
        {
            packet.Drop(_counters.NoFlow);
            return false;
        }

        if (finding == FlowFinding.New)
        {
            if (!tracker.TryAdmit(ip, key, now, out var isEvicted))
            {
                packet.Drop(_counters.TableFull);
                return false;
            }

            if (isEvicted)
            {
                _counters.Evicted.Increment();
            }
        }

        return true;
    }

    private bool JudgeByRules(Packet packet, in IpView ip, long timestamp)
    {
        PacketKey.Read(packet.Data, _direction, out var key);
        var rule = _rules.Find(key);
        if (rule.Reason is not { } reason)
        {
            rule.NoteAllowed();
            return true;
        }

        if (rule.Verdict == FilterVerdict.Reject)
        {
            _refusals.Answer(ip, _direction, timestamp);
        }

        packet.Drop(reason);
        return false;
    }
}
