using System.Net.Sockets;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Stages;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>Carries out the part of a set request that concerns the socket, which is the network endpoint's. All or nothing.</summary>
internal static class SocketEditor
{
    /// <summary>Sets port and mark. Service thread.</summary>
    public static UapiErrno Apply(LocalEnd local, SetRequest request)
    {
        var now = local.Host.Network;
        var wanted = now with
        {
            ListenPort = request.ListenPort is { } port ? NullIfZero(port) : now.ListenPort,
            FirewallMark = request.Fwmark is { } mark ? (mark == 0 ? null : mark) : now.FirewallMark,
        };
        if (wanted == now)
        {
            return UapiErrno.None;
        }

        try
        {
            local.Host.ChangeNetwork(wanted);
            return UapiErrno.None;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.OperationNotSupported && IsAnyPort(now, wanted))
        {
            // Any port was asked for, as by a file without ListenPort, and this endpoint keeps the one that it has.
            return UapiErrno.None;
        }
        catch (SocketException error)
        {
            SocketEditorLog.Refused(local.Logger, wanted.ListenPort ?? 0, wanted.FirewallMark ?? 0, error.Message);
            return error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => UapiErrno.PortInUse,
                SocketError.AccessDenied => UapiErrno.NotPermitted,
                SocketError.OperationNotSupported => UapiErrno.NotSupported,
                _ => UapiErrno.Io,
            };
        }
    }

    private static bool IsAnyPort(NetworkEndpointShape now, NetworkEndpointShape wanted) =>
        wanted.ListenPort is null && wanted.FirewallMark == now.FirewallMark;

    private static int? NullIfZero(int port) => port == 0 ? null : port;
}

/// <summary>The log of set requests.</summary>
internal static partial class SocketEditorLog
{
    [LoggerMessage(EventId = 51, Level = LogLevel.Warning, Message = "Set request refused: port {Port}, fwmark {Mark}: {Reason}")]
    public static partial void Refused(ILogger logger, int port, uint mark, string reason);
}
