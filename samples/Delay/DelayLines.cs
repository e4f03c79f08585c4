using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace Delay;

/// <summary>The lines of both directions, for all lanes and across reloads.</summary>
internal sealed class DelayLines(IStageContext context, DropReason full, DelayOptions options) : IDisposable
{
    public DelayLine Outbound { get; } = new(Direction.Outbound, options, context, full);

    public DelayLine Inbound { get; } = new(Direction.Inbound, options, context, full);

    public void Use(DelayOptions options)
    {
        Outbound.Use(options);
        Inbound.Use(options);
    }

    /// <summary>Sends what is left, once the entry is removed from the file or the pipeline closes.</summary>
    public void Dispose()
    {
        Outbound.Dispose();
        Inbound.Dispose();
    }
}
