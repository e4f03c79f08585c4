using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.Police;

/// <summary>Polices one direction. Belongs to that direction's thread; the buckets are shared by the lanes.</summary>
internal sealed class Policer
{
    private readonly PoliceOptions _options;
    private readonly BucketTable _buckets;
    private readonly bool _isPerPrefix;
    private readonly PoliceCounters _counters;

    /// <summary>Creates the policer of one direction.</summary>
    public Policer(PoliceOptions options, IStageContext context, string direction)
    {
        _options = options;
        _isPerPrefix = options.Per != PoliceScope.All;
        _counters = new PoliceCounters(context.Counters, direction);
        var places = options.Per == PoliceScope.All ? 1 : BucketTable.MaxPrefixes;
        var (rate, burst) = (options.Rate.Tokens, options.Burst.Tokens(options.Rate));

        // What is counted, or for whom, is part of the name: levels of another kind mean nothing to a successor.
        _buckets = context.State(
            $"{direction} {options.Per} {(options.Rate.IsPackets ? "packets" : "bytes")}", own => new BucketTable(own.Time, places, rate, burst));
        context.Post(() => _buckets.Change(rate, burst));
    }

    /// <summary>Decides about each packet of a batch.</summary>
    public void Police(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            var isIp = IpView.TryParse(packet.Data, out var ip);
            var key = isIp && _isPerPrefix ? _options.Per.KeyOf(ip) : default;
            if (_buckets.TryTake(key, _options.Rate.IsPackets ? 1 : packet.Length, batch.Timestamp))
            {
                _counters.Conforming.Increment();
            }
            else if (_options.Exceed.Mark is not { } dscp)
            {
                packet.Drop(_counters.OverRate);
            }
            else if (isIp)
            {
                ip.Dscp = dscp;
                _counters.Marked.Increment();
            }
        }

        _counters.Publish();
    }
}
