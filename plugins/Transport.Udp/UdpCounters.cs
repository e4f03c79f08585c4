using Culvert.Counters;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>What a UDP end counts. Thread-safe.</summary>
internal sealed class UdpCounters
{
    public UdpCounters(CounterSet counters)
    {
        NoEndpoint = counters.Create(
            "no-endpoint", "datagrams", "Outbound datagrams dropped because nobody has said where to send them.");
        UnknownSource = counters.Create(
            "unknown-source", "datagrams", "Inbound datagrams dropped because they are not from the peer that the file names.");
        Oversized = counters.Create(
            "oversized", "datagrams", "Inbound datagrams dropped because they are larger than path-mtu allows.");
        Truncated = counters.Create(
            "truncated", "datagrams", "Inbound datagrams dropped because the system delivered only a part.");
        TooBig = counters.Create(
            "too-big", "datagrams", "Outbound datagrams dropped because the path carries no datagram of that size.");
        Unreachable = counters.Create(
            "unreachable", "datagrams", "Outbound datagrams dropped because there is no way to their endpoint.");
        Refused = counters.Create("refused", "errors", "Times the other side said that nobody listens on the port.");
        BufferFull = counters.Create(
            "send-buffer-full", "datagrams", "Outbound datagrams dropped because the send buffer stayed full.");
        NotPermitted = counters.Create(
            "not-permitted", "datagrams", "Outbound datagrams dropped because a firewall or missing rights forbid them.");
        WrongFamily = counters.Create(
            "wrong-family", "datagrams", "Outbound datagrams dropped because an IPv4 socket cannot reach an IPv6 endpoint.");
        SendFailed = counters.Create(
            "send-failed", "datagrams", "Outbound datagrams dropped because the system refused them for another reason.");
        SendCalls = counters.Create("send-calls", "calls", "System calls that sent datagrams.");
        ReceiveCalls = counters.Create("receive-calls", "calls", "System calls that received datagrams.");
        Segmented = counters.Create(
            "segmented", "datagrams", "Outbound datagrams that shared a send with others (UDP segmentation offload).");
        Coalesced = counters.Create(
            "coalesced", "datagrams", "Inbound datagrams that the system delivered together with others (UDP receive offload).");
    }

    public Counter NoEndpoint { get; }

    public Counter UnknownSource { get; }

    public Counter Oversized { get; }

    public Counter Truncated { get; }

    public Counter TooBig { get; }

    public Counter Unreachable { get; }

    public Counter Refused { get; }

    public Counter BufferFull { get; }

    public Counter NotPermitted { get; }

    public Counter WrongFamily { get; }

    public Counter SendFailed { get; }

    public Counter SendCalls { get; }

    public Counter ReceiveCalls { get; }

    public Counter Segmented { get; }

    public Counter Coalesced { get; }

    /// <summary>The counter of a failed send.</summary>
    public Counter For(SendFailure failure) => failure switch
    {
        SendFailure.TooBig => TooBig,
        SendFailure.Unreachable => Unreachable,
        SendFailure.Refused => Refused,
        SendFailure.BufferFull => BufferFull,
        SendFailure.NotPermitted => NotPermitted,
        SendFailure.WrongFamily => WrongFamily,
        _ => SendFailed,
    };
}
