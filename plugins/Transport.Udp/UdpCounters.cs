using Culvert.Counters;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>The counters of a UDP endpoint. Thread-safe.</summary>
internal sealed class UdpCounters
{
    public UdpCounters(CounterSet counters)
    {
        NoEndpoint = counters.DropReason(
            "no-endpoint", "Outbound datagrams without a destination: no stage above set an endpoint, and peer is not set, not resolved, or reached through the tunnel itself.");
        UnknownSource = counters.DropReason(
            "unknown-source", "Inbound datagrams from another source than the peer that the file names.");
        Oversized = counters.DropReason(
            "oversized", "Inbound datagrams larger than path-mtu allows.");
        Truncated = counters.DropReason(
            "truncated", "Inbound datagrams of which the system delivered only a part.");
        TooBig = counters.DropReason(
            "too-big", "Outbound datagrams larger than the MTU of the device that they leave by.");
        Unreachable = counters.DropReason(
            "unreachable", "Outbound datagrams to an endpoint without a route.");
        Refused = counters.Create("refused", "errors", "ICMP errors that report a closed port at the remote side.");
        SendRefused = counters.DropReason(
            "send-refused", "Outbound datagrams that the socket refused because an earlier one met a closed port.");
        BufferFull = counters.DropReason(
            "send-buffer-full", "Outbound datagrams for which the send buffer stayed full.");
        NotPermitted = counters.DropReason(
            "not-permitted", "Outbound datagrams that a firewall or missing permissions forbid.");
        WrongFamily = counters.DropReason(
            "wrong-family", "Outbound datagrams to an IPv6 endpoint from an IPv4 socket.");
        SendFailed = counters.DropReason(
            "send-failed", "Outbound datagrams that the system refused for another reason.");
        SendCalls = counters.Create("send-calls", "calls", "System calls that sent datagrams.");
        ReceiveCalls = counters.Create("receive-calls", "calls", "System calls that received datagrams.");
        Segmented = counters.Create(
            "segmented", "datagrams", "Outbound datagrams that shared a send with others (UDP segmentation offload).");
        Coalesced = counters.Create(
            "coalesced", "datagrams", "Inbound datagrams that the system delivered together with others (UDP receive offload).");
        ReceiveOverflow = counters.Create(
            "receive-overflow", "messages", "Inbound datagrams, or groups of coalesced ones, that the socket's receive buffer had no room for (Linux).");
    }

    public DropReason NoEndpoint { get; }

    public DropReason UnknownSource { get; }

    public DropReason Oversized { get; }

    public DropReason Truncated { get; }

    public DropReason TooBig { get; }

    public DropReason Unreachable { get; }

    public Counter Refused { get; }

    public DropReason SendRefused { get; }

    public DropReason BufferFull { get; }

    public DropReason NotPermitted { get; }

    public DropReason WrongFamily { get; }

    public DropReason SendFailed { get; }

    public Counter SendCalls { get; }

    public Counter ReceiveCalls { get; }

    public Counter Segmented { get; }

    public Counter Coalesced { get; }

    public Counter ReceiveOverflow { get; }

    /// <summary>The drop reason of a failed send.</summary>
    public DropReason For(SendFailure failure) => failure switch
    {
        SendFailure.TooBig => TooBig,
        SendFailure.Unreachable => Unreachable,
        SendFailure.Refused => SendRefused,
        SendFailure.BufferFull => BufferFull,
        SendFailure.NotPermitted => NotPermitted,
        SendFailure.WrongFamily => WrongFamily,
        _ => SendFailed,
    };
}
