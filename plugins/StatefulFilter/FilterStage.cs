using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>Lets packets pass or refuses them, by rules in order. Packets are never changed.</summary>
[Stage("filter", "Allows, drops or rejects packets by rules.")]
public sealed class FilterStage : IPacketStage, IStageDefinition<FilterOptions>
{
    private readonly DirectionFilter _outbound;
    private readonly DirectionFilter _inbound;

    /// <summary>Created by the host.</summary>
    public FilterStage(FilterOptions options, IStageContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var refusals = new Refusals(context);
        _outbound = new DirectionFilter(options, context, Direction.Outbound, refusals);
        _inbound = new DirectionFilter(options, context, Direction.Inbound, refusals);
    }

    /// <inheritdoc/>
    public static StageShape Shape(FilterOptions options) => StageShape.Through(PacketKind.Ip);

    /// <inheritdoc/>
    public static void Validate(FilterOptions options, OptionsReport report) => FilterRules.Check(options, report);

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch) => _outbound.Judge(batch);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch) => _inbound.Judge(batch);
}
