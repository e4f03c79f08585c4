using System.Net.Sockets;
using Culvert.Plugins.Transport.Udp.Interop;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>The meaning of the Linux kernel's error numbers for a datagram socket: each piece of folklore has a name here.</summary>
internal static class LinuxErrors
{
    /// <summary>
    /// True when a segmented send was refused for certain, whatever its size: the route goes through IPsec, or (older kernels) its
    /// device cannot checksum in hardware. It shows at a send only, because the route decides. net/ipv4/udp.c,
    /// <c>udp_send_skb</c>: <c>if (skb-&gt;ip_summed != CHECKSUM_PARTIAL || is_udplite || dst_xfrm(skb_dst(skb))) return -EIO</c>.
    /// </summary>
    public static bool RefusesSegmentation(int errno) => errno == Errno.EIO;

    /// <summary>
    /// True when a segmented send may have been refused, or else one segment is larger than the path carries: until early 2025 kernels
    /// said EINVAL for that too (<c>udp_send_skb</c>: <c>if (hlen + cork-&gt;gso_size &gt; cork-&gt;fragsize) return -EINVAL</c>, EMSGSIZE
    /// since Linux 6.14), and a kernel before 4.18 says it because it does not know the control message. Sending the first datagram
    /// alone tells which.
    /// </summary>
    public static bool MayRefuseSegmentation(int errno) => errno == Errno.EINVAL;

    /// <summary>
    /// Whether a segmented send was refused because a segment is too big. For single datagrams alone the kernel queues what their route carries (IP_RECVERR); to
    /// ask another socket for the route's MTU is no substitute, as rules may choose the route by the socket's port, address or device.
    /// </summary>
    public static bool HidesSize(int errno) => errno == Errno.EMSGSIZE;

    /// <summary>Whether a send may have been refused for its local address or interface (IP_PKTINFO, IPV6_PKTINFO).</summary>
    public static bool RefusesLocal(int errno) =>
        errno is Errno.EINVAL or Errno.ENODEV or Errno.EADDRNOTAVAIL or Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.ENETDOWN;

    /// <summary>Whether there is nothing to receive, or no room to send, for now.</summary>
    public static bool WouldBlock(int errno) => errno == Errno.EAGAIN;

    /// <summary>Whether a signal interrupted the call, which is repeated.</summary>
    public static bool Interrupted(int errno) => errno == Errno.EINTR;

    /// <summary>
    /// True when a receive reports something about an earlier send, or a shortage of the moment, and the socket is still good.
    /// </summary>
    public static bool IsPassing(int errno) => errno is Errno.ECONNREFUSED or Errno.EHOSTUNREACH or Errno.ENETUNREACH or Errno.EMSGSIZE
        or Errno.ENETDOWN or Errno.EHOSTDOWN or Errno.ENOMEM or Errno.ENOBUFS or Errno.EACCES or Errno.EPERM;

    /// <summary>What a stage that changes the socket gets.</summary>
    public static SocketException Exception(int errno) => new((int)(errno switch
    {
        Errno.EADDRINUSE => SocketError.AddressAlreadyInUse,
        Errno.EADDRNOTAVAIL => SocketError.AddressNotAvailable,
        Errno.EPERM or Errno.EACCES => SocketError.AccessDenied,
        _ => SocketError.SocketError,
    }));

    /// <summary>The class of a failed send.</summary>
    public static SendFailure Classify(int errno) => errno switch
    {
        Errno.EMSGSIZE => SendFailure.TooBig,
        Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.ENETDOWN or Errno.EHOSTDOWN or Errno.EADDRNOTAVAIL or Errno.ENODEV => SendFailure.Unreachable,
        Errno.ECONNREFUSED => SendFailure.Refused,
        Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM => SendFailure.BufferFull,
        Errno.EPERM or Errno.EACCES => SendFailure.NotPermitted,
        Errno.EAFNOSUPPORT => SendFailure.WrongFamily,
        _ => SendFailure.Other,
    };
}
