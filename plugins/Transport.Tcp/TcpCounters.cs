using Culvert.Counters;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>The counters of a TCP endpoint. Thread-safe.</summary>
internal sealed class TcpCounters(CounterSet counters)
{
    public DropReason NoEndpoint { get; } = counters.DropReason(
        "no-endpoint", "Outbound datagrams without a destination: no stage above set an endpoint and nobody is connected, or it is one more than connections allows.");

    public DropReason NotConnected { get; } = counters.DropReason(
        "not-connected", "Outbound datagrams while there is no connection and the next attempt is not due.");

    public DropReason QueueFull { get; } = counters.DropReason(
        "queue-full", "Outbound datagrams that found the connection's queue full.");

    public DropReason Oversized { get; } = counters.DropReason(
        "oversized", "Inbound datagrams larger than the stages above expect.");

    public Counter Lost { get; } = counters.Create("lost", "packets", "Queued outbound datagrams that a closed connection did not carry.");

    public Counter Accepted { get; } = counters.Create("accepted", "connections", "Connections that were accepted.");

    public Counter TurnedAway { get; } = counters.Create(
        "turned-away", "connections", "Connections that were closed at once: their source is outside of from, or every place is taken.");

    public Counter BacklogFull { get; } = counters.Create(
        "backlog-full", "connections", "Attempts of others to connect that the system dropped because the backlog was full; they try again.");

    public Counter Replaced { get; } = counters.Create(
        "replaced", "connections", "Connections that were never answered and made room for another one.");

    public Counter Silent { get; } = counters.Create("silent", "connections", "Accepted connections without a whole datagram in time.");

    public Counter BadLength { get; } = counters.Create("bad-length", "connections", "Connections closed for a length that path-mtu does not allow.");

    public Counter Stalled { get; } = counters.Create("stalled", "connections", "Connections closed because the other side did not read.");

    public Counter Dialed { get; } = counters.Create("dialed", "connections", "Connections that this side opened.");

    public Counter DialFailures { get; } = counters.Create("dial-failures", "attempts", "Attempts to connect that failed.");

    public Counter SendCalls { get; } = counters.Create("send-calls", "calls", "System calls that sent datagrams.");

    public Counter ReceiveCalls { get; } = counters.Create("receive-calls", "calls", "System calls that received datagrams.");
}
