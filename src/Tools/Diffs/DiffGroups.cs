using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Tools.Diffs;

/// <summary>Packets that differ, by stage and kind of difference, and in each group by flow. Bounded, whatever a capture holds. Not thread-safe.</summary>
internal sealed class DiffGroups
{
    private const int MaxGroups = 256;
    private const int MaxFlows = 32;

    private const int MaxNames = 4096;

    private readonly Dictionary<(string Stage, string Kind), DiffGroup> _groups = [];
    private readonly Dictionary<FlowKey, string> _names = [];

    /// <summary>The packets that differ.</summary>
    public long Packets { get; private set; }

    /// <summary>Those of them that are in no group, because there were too many.</summary>
    public long Ungrouped { get; private set; }

    /// <summary>The groups, those with most packets first.</summary>
    public IReadOnlyList<DiffGroup> All =>
        [.. _groups.Values.OrderByDescending(group => group.Packets).ThenBy(group => group.Stage, StringComparer.Ordinal).ThenBy(group => group.Kind, StringComparer.Ordinal)];

    /// <summary>Counts a packet.</summary>
    /// <param name="stage">The stage that makes the difference.</param>
    /// <param name="kind">The kind of difference.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="changes">The fields that differ; null when its fate does.</param>
    /// <param name="number">Its number among the packets that were compared, from 1.</param>
    public void Add(string stage, string kind, Span<byte> packet, FieldChanges? changes, long number)
    {
        Packets++;
        if (!_groups.TryGetValue((stage, kind), out var group))
        {
            if (_groups.Count == MaxGroups)
            {
                Ungrouped++;
                return;
            }

            group = new DiffGroup(stage, kind, number, PacketText.Summarize(packet), changes?.ToString() ?? "");
            _groups.Add((stage, kind), group);
        }

        group.Packets++;
        var flow = FlowOf(packet);
        if (group.Flows.TryGetValue(flow, out var count) || group.Flows.Count < MaxFlows)
        {
            group.Flows[flow] = count + 1;
        }
        else
        {
            group.OtherFlows++;
        }
    }

    private string FlowOf(Span<byte> packet)
    {
        if (!IpView.TryParse(packet, out var ip))
        {
            return "not IP";
        }

        var key = FlowKey.Read(ip);
        if (!_names.TryGetValue(key, out var name))
        {
            if (_names.Count == MaxNames)
            {
                _names.Clear();
            }

            _names.Add(key, name = Describe(ip));
        }

        return name;
    }

    private static string Describe(in IpView ip)
    {
        var name = PacketText.NameOf(ip.Protocol, ip.IsIpv4);
        var ports = ip.HasTransportHeader && ip.Protocol is IpProtocol.Tcp or IpProtocol.Udp && ip.Transport.Length >= 4;
        var (from, to) = ports ? ($":{(ip.Transport[0] << 8) | ip.Transport[1]}", $":{(ip.Transport[2] << 8) | ip.Transport[3]}") : ("", "");
        return $"{name} {PacketText.Address(ip.Source)}{from} > {PacketText.Address(ip.Destination)}{to}";
    }
}

/// <summary>Packets that differ in one way.</summary>
/// <param name="Stage">The stage that makes the difference.</param>
/// <param name="Kind">The kind: fields that differ, or the fate in the old and the new pipeline.</param>
/// <param name="First">The number of the first one.</param>
/// <param name="Example">The first one on one line.</param>
/// <param name="Changes">Its fields, from the old pipeline's value to the new one's; empty when its fate differs.</param>
internal sealed record DiffGroup(string Stage, string Kind, long First, string Example, string Changes)
{
    /// <summary>The number of packets.</summary>
    public long Packets { get; set; }

    /// <summary>The packets by flow, for the first 32 flows.</summary>
    public OrderedDictionary<string, long> Flows { get; } = [];

    /// <summary>Packets of other flows.</summary>
    public long OtherFlows { get; set; }
}
