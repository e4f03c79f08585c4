using System.Net.Sockets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>The meaning of the base library's socket errors for a datagram socket, on every system.</summary>
internal static class SocketErrors
{
    /// <summary>
    /// True when a receive reports something about an earlier send, or a shortage of the moment, and the socket is still good.
    /// </summary>
    public static bool IsPassing(SocketError error) => error is SocketError.ConnectionReset or SocketError.ConnectionRefused
        or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkReset or SocketError.NetworkDown
        or SocketError.HostDown or SocketError.MessageSize or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable
        or SocketError.Interrupted;

    /// <summary>The class of a failed send.</summary>
    public static SendFailure Classify(SocketError error) => error switch
    {
        SocketError.MessageSize => SendFailure.TooBig,
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown
            or SocketError.AddressNotAvailable => SendFailure.Unreachable,
        SocketError.ConnectionRefused or SocketError.ConnectionReset => SendFailure.Refused,
        SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable or SocketError.TimedOut => SendFailure.BufferFull,
        SocketError.AccessDenied => SendFailure.NotPermitted,
        SocketError.AddressFamilyNotSupported => SendFailure.WrongFamily,
        _ => SendFailure.Other,
    };
}
