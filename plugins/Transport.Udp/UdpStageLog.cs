using System.Net;
using Culvert.Options;
using Culvert.Packets;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>The log messages of a UDP endpoint.</summary>
internal static partial class UdpStageLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening on UDP {Local}; sending: {SendOffload}, receiving: {ReceiveOffload}.")]
    public static partial void Listening(ILogger logger, IPEndPoint local, string sendOffload, string receiveOffload);

    [LoggerMessage(2, LogLevel.Warning, "The system refuses to cut sends into segments ({Reason}); datagrams go singly, and segments are tried again after growing pauses.")]
    public static partial void SegmentationRefused(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "The system refuses to deliver datagrams together ({Reason}); they come singly.")]
    public static partial void CoalescingRefused(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Warning,
        "A datagram of {Length} bytes to {Endpoint} was not sent: {Reason}. The counters have the number; this comes once a minute.")]
    public static partial void Refused(ILogger logger, int length, DatagramEndpoint endpoint, string reason);

    [LoggerMessage(5, LogLevel.Information, "The path to {Endpoint} carries packets of {Mtu} bytes only; the pipeline's MTU follows.")]
    public static partial void PathMtuLowered(ILogger logger, int mtu, DatagramEndpoint endpoint);

    [LoggerMessage(6, LogLevel.Information, "Trying packets of {Mtu} bytes again.")]
    public static partial void PathMtuRaised(ILogger logger, int mtu);

    [LoggerMessage(7, LogLevel.Information, "The peer {Peer} is at {Endpoint}.")]
    public static partial void PeerResolved(ILogger logger, HostEndpoint peer, DatagramEndpoint endpoint);

    [LoggerMessage(8, LogLevel.Warning, "The peer {Peer} does not resolve ({Reason}); trying again in {Seconds} s.")]
    public static partial void PeerUnresolved(ILogger logger, HostEndpoint peer, string reason, double seconds);

    [LoggerMessage(14, LogLevel.Warning,
        "The peer {Peer} is reached through {Device}, the tunnel itself, and is sent nothing until the route changes; leave its address out of 'routes', add a longer route past the tunnel, or set fwmark.")]
    public static partial void PeerRefused(ILogger logger, HostEndpoint peer, string? device);

    [LoggerMessage(15, LogLevel.Information, "The peer {Peer} is no longer reached through {Device}.")]
    public static partial void PeerAccepted(ILogger logger, HostEndpoint peer, string? device);

    [LoggerMessage(11, LogLevel.Information, "The system cuts sends into segments again.")]
    public static partial void SegmentationAccepted(ILogger logger);

    [LoggerMessage(12, LogLevel.Warning, "Datagrams to {Endpoint} do not arrive: {Reason}. The counters have the number; this comes once a minute.")]
    public static partial void PathFails(ILogger logger, DatagramEndpoint endpoint, string reason);

    [LoggerMessage(10, LogLevel.Information, "Listening on UDP {Local} now.")]
    public static partial void Moved(ILogger logger, IPEndPoint local);

    [LoggerMessage(9, LogLevel.Error, "The fwmark {Mark} of the file is not in force: {Reason}.")]
    public static partial void MarkRefused(ILogger logger, uint mark, string reason);
}
