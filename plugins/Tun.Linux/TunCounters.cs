using Culvert.Counters;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>The stage's counters; README.md lists them for users.</summary>
internal sealed class TunCounters(CounterSet counters)
{
    public Counter Split { get; } = counters.Create(
        "split", "super-packets", "Super-packets from the host that were split into packets.");

    public DropReason TooBig { get; } = counters.DropReason(
        "too-big", "Packets from the host that are larger than the pipeline's MTU.");

    public Counter TooBigAnswers { get; } = counters.Create(
        "too-big-answers", "packets", "ICMP messages that told the host which size fits; at most 100 a second.");

    public DropReason Malformed { get; } = counters.DropReason(
        "malformed", "Packets from the host whose offload header contradicts the packet.");

    public Counter Coalesced { get; } = counters.Create(
        "coalesced", "packets", "Packets for the host that were handed over as part of a super-packet.");

    public Counter SuperPackets { get; } = counters.Create(
        "super-packets", "super-packets", "Super-packets that were handed to the host.");

    public DropReason DeviceDown { get; } = counters.DropReason(
        "device-down", "Packets for the host while the device was down or gone.");

    public DropReason Refused { get; } = counters.DropReason(
        "refused", "Packets for the host that the kernel refused.");
}
