using System.Net;
using Culvert.Options;
using Culvert.Packets;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>The log messages of a TCP endpoint.</summary>
internal static partial class TcpStageLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening on TCP {Local}.")]
    public static partial void Listening(ILogger logger, IPEndPoint local);

    [LoggerMessage(2, LogLevel.Information, "Connected to {Endpoint}.")]
    public static partial void Connected(ILogger logger, HostEndpoint endpoint);

    [LoggerMessage(3, LogLevel.Warning, "Connecting to {Endpoint} failed: {Reason}; next attempt in {Seconds:0.0} s.")]
    public static partial void DialFailed(ILogger logger, HostEndpoint endpoint, string reason, double seconds);

    [LoggerMessage(4, LogLevel.Warning, "The connection to {Endpoint} closed: {Reason}; next attempt in {Seconds:0.0} s.")]
    public static partial void DialedClosed(ILogger logger, HostEndpoint endpoint, string reason, double seconds);

    [LoggerMessage(5, LogLevel.Information, "{Endpoint} connected.")]
    public static partial void Answered(ILogger logger, DatagramEndpoint endpoint);

    [LoggerMessage(6, LogLevel.Information, "The connection from {Endpoint} closed: {Reason}.")]
    public static partial void AcceptedClosed(ILogger logger, DatagramEndpoint endpoint, string reason);

    // Strangers come and go as they like: nobody wants a line for each.
    [LoggerMessage(7, LogLevel.Debug, "The connection from the stranger {Endpoint} closed: {Reason}.")]
    public static partial void StrangerClosed(ILogger logger, DatagramEndpoint endpoint, string reason);

    [LoggerMessage(8, LogLevel.Warning, "No connection can be accepted for now: {Reason}. Trying again every second.")]
    public static partial void CannotAccept(ILogger logger, string reason);
}
