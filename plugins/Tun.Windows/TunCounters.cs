using Culvert.Counters;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>The stage's counters; README.md lists them for users.</summary>
internal sealed class TunCounters(CounterSet counters)
{
    public DropReason TooBig { get; } = counters.DropReason(
        "too-big", "Packets from the host that are larger than the pipeline's MTU.");

    public Counter TooBigAnswers { get; } = counters.Create(
        "too-big-answers", "packets", "ICMP messages that told the host which size fits; at most 100 a second.");

    public DropReason RingFull { get; } = counters.DropReason(
        "ring-full", "Packets for the host for which the driver's ring had no room.");

    public DropReason Refused { get; } = counters.DropReason(
        "refused", "Packets for the host that the driver refuses: empty, or larger than 65535 bytes.");

    public DropReason DeviceDown { get; } = counters.DropReason(
        "device-down", "Packets for the host while the adapter was going away.");
}
