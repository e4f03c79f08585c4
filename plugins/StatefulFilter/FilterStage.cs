using System.Text.Json.Nodes;
using Culvert.Endpoints.Flows;
using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.StatefulFilter.Flows;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>
/// Lets packets pass or refuses them: what belongs to a known flow passes, rules in order decide about the rest. Packets are never changed.
/// </summary>
[Stage("filter", "Allows, drops or rejects packets by rules.")]
public sealed class FilterStage : IPacketStage, IStageDefinition<FilterOptions>
{
    private readonly IStageContext _context;
    private readonly SharedTable<FlowIdentity, Flow>? _flows;
    private readonly DirectionFilter _outbound;
    private readonly DirectionFilter _inbound;

    /// <summary>Created by the host.</summary>
    public FilterStage(FilterOptions options, IStageContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _flows = options.Stateful ? context.State($"flows-{options.Flows}", _ => new SharedTable<FlowIdentity, Flow>(options.Flows)) : null;
        var refusals = new Refusals(context);
        _outbound = new DirectionFilter(options, context, Direction.Outbound, refusals, _flows);
        _inbound = new DirectionFilter(options, context, Direction.Inbound, refusals, _flows);
    }

    /// <inheritdoc/>
    public static StageShape Shape(FilterOptions options) => StageShape.Through(PacketKind.Ip);

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters)
    {
        _ = new RefusalCounters(counters);
        foreach (var direction in (string[])["outbound", "inbound"])
        {
            Rule.DeclareCounters(counters, direction);
            _ = new FlowCounters(counters, direction);
        }
    }

    /// <inheritdoc/>
    public static void Validate(FilterOptions options, OptionsReport report) => FilterRules.Check(options, report);

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch) => _outbound.Judge(batch);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch) => _inbound.Judge(batch);

    /// <inheritdoc/>
    public JsonObject GetStatus() => _flows is null ? [] : FlowCounts.Of(_flows, _context.Time.GetTimestamp());

    /// <inheritdoc/>
    public IEnumerable<JsonObject> ListFlows(Func<FlowKey, Direction, bool> isWanted) =>
        _flows is null ? [] : FlowList.Of(_flows, _context.Time, isWanted);
}
