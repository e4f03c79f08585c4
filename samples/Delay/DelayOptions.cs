using Culvert.Options;

namespace Delay;

/// <summary>The keys of <c>stage: delay</c>.</summary>
public sealed record DelayOptions
{
    [Option("How long each packet is held, in each direction.", Min = 0, Max = 10, Example = "20ms")]
    public required TimeSpan Time { get; init; }

    [Option("The largest number of packets held in each direction; further ones are dropped.", Min = 1, Max = 4096)]
    public int MaxPackets { get; init; } = 1000;
}
