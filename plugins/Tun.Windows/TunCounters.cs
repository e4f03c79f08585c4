using Culvert.Counters;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>What the stage counts; README.md lists them for users.</summary>
internal sealed class TunCounters(CounterSet counters)
{
    public Counter TooBig { get; } = counters.Create(
        "too-big", "packets", "Packets from the host that were larger than the pipeline's MTU and went no further.");

    public Counter TooBigAnswers { get; } = counters.Create(
        "too-big-answers", "packets", "ICMP messages that told the host which size fits; at most 100 a second.");

    public Counter RingFull { get; } = counters.Create(
        "ring-full", "packets", "Packets for the host that were dropped because the driver's ring was full.");

    public Counter Refused { get; } = counters.Create(
        "refused", "packets", "Packets for the host that the driver cannot take: empty, or larger than 65535 bytes.");

    public Counter DeviceDown { get; } = counters.Create(
        "device-down", "packets", "Packets for the host that were dropped because the adapter was going away.");
}
