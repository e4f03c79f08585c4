using Culvert.Counters;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>What a UDP end counts. Thread-safe.</summary>
internal sealed class UdpCounters
{
    public UdpCounters(CounterSet counters)
    {
        NoEndpoint = counters.DropReason(
            "no-endpoint", "Outbound datagrams dropped because nobody has said where to send them.");
        UnknownSource = counters.DropReason(
            "unknown-source", "Inbound datagrams dropped because they are not from the peer that the file names.");
        Oversized = counters.DropReason(
            "oversized", "Inbound datagrams dropped because they are larger than path-mtu allows.");
        Truncated = counters.DropReason(
            "truncated", "Inbound datagrams dropped because the system delivered only a part.");
        TooBig = counters.DropReason(
            "too-big", "Outbound datagrams dropped because the path carries no datagram of that size.");
        Unreachable = counters.DropReason(
            "unreachable", "Outbound datagrams dropped because there is no way to their endpoint.");
        Refused = counters.Create("refused", "errors", "Times the other side said that nobody listens on the port.");
        SendRefused = counters.DropReason(
            "send-refused", "Outbound datagrams dropped because nobody listens on the port of their endpoint.");
        BufferFull = counters.DropReason(
            "send-buffer-full", "Outbound datagrams dropped because the send buffer stayed full.");
        NotPermitted = counters.DropReason(
            "not-permitted", "Outbound datagrams dropped because a firewall or missing rights forbid them.");
        WrongFamily = counters.DropReason(
            "wrong-family", "Outbound datagrams dropped because an IPv4 socket cannot reach an IPv6 endpoint.");
        SendFailed = counters.DropReason(
            "send-failed", "Outbound datagrams dropped because the system refused them for another reason.");
        SendCalls = counters.Create("send-calls", "calls", "System calls that sent datagrams.");
        ReceiveCalls = counters.Create("receive-calls", "calls", "System calls that received datagrams.");
        Segmented = counters.Create(
            "segmented", "datagrams", "Outbound datagrams that shared a send with others (UDP segmentation offload).");
        Coalesced = counters.Create(
            "coalesced", "datagrams", "Inbound datagrams that the system delivered together with others (UDP receive offload).");
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
