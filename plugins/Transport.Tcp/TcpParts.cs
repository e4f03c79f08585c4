using System.Runtime.Versioning;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>Finds or creates what the instances of an entry share: the connections, the listening socket, and each lane's receiver.</summary>
[SupportedOSPlatform("linux")]
internal static class TcpParts
{
    public static FrameReceiver Receiver(IEndpointContext context, int largest, TcpCounters counters) =>
        context.State($"lane {context.Lane}", (IEndpointContext _) => new FrameReceiver(largest, counters));

    public static LinkTable Links(IEndpointContext context, TcpOptions options, TcpCounters counters) =>
        context.State("links", (IEndpointContext own) => new LinkTable(options, own, counters));

    /// <exception cref="StageStartException">The port is in use, the address is not local, or permission is denied.</exception>
    public static Listener? Listener(IEndpointContext context, TcpOptions options, LinkTable links) => options.Listen is not { } listen
        ? null : context.State("listener", (IEndpointContext _) => new Listener(listen, options.Fwmark.Value, links));
}
