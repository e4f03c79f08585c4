using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Interop;
using static Culvert.Plugins.Transport.Udp.Interop.NetinetIn;
using static Culvert.Plugins.Transport.Udp.Interop.SysSocket;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>Opens, sets up and binds sockets. What the system refuses is a <see cref="SocketException"/> with its errno.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class LinuxSocketOpening
{
    /// <summary>A socket that neither blocks nor survives an exec.</summary>
    public static SocketHandle Open(bool ipv6)
    {
        var fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        return fd >= 0 ? new SocketHandle(fd) : throw LinuxStartErrors.Failed("socket", Marshal.GetLastPInvokeError());
    }

    /// <summary>Binds to a device: datagrams leave from it and arrive at it only.</summary>
    /// <param name="handle">An open socket.</param>
    /// <param name="device">The device's name; null for any.</param>
    public static void BindToDevice(SocketHandle handle, string? device)
    {
        if (device is null)
        {
            return;
        }

        var name = Encoding.UTF8.GetBytes(device);
        fixed (byte* bytes = name)
        {
            if (setsockopt(handle, SOL_SOCKET, SO_BINDTODEVICE, bytes, (uint)name.Length) != 0)
            {
                throw StartErrors.DeviceRefused(device, Marshal.GetLastPInvokeErrorMessage());
            }
        }
    }

    /// <summary>Binds, an IPv6 socket for both families.</summary>
    /// <param name="handle">An open socket.</param>
    /// <param name="local">Where to; port 0 takes any.</param>
    /// <param name="sharePort">True lets the sockets of other lanes bind the same port; the kernel spreads flows over them.</param>
    public static void Bind(SocketHandle handle, IPEndPoint local, bool sharePort)
    {
        if (TryBind(handle, local, sharePort) is not 0 and var errno)
        {
            throw LinuxStartErrors.CannotBind(local, errno);
        }
    }

    /// <summary>As <see cref="Bind"/>.</summary>
    /// <returns>0, or the errno.</returns>
    public static int TryBind(SocketHandle handle, IPEndPoint local, bool sharePort)
    {
        var ipv6 = local.AddressFamily == AddressFamily.InterNetworkV6;
        if (ipv6)
        {
            Require(SetOption(handle, IPPROTO_IPV6, IPV6_V6ONLY, 0), "IPV6_V6ONLY");
        }

        if (sharePort)
        {
            SharePort(handle);
        }

        var name = stackalloc byte[SockaddrSpace];
        var length = WriteName(name, ipv6, DatagramEndpoint.From(local));
        return bind(handle, name, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Lets other sockets of this user that want the same share the port. After the bind, too.</summary>
    public static void SharePort(SocketHandle handle) => Require(SetOption(handle, SOL_SOCKET, SO_REUSEPORT, 1), "SO_REUSEPORT");

    /// <summary>Puts another socket behind a descriptor that is in use. A poll that has begun waits for the one before.</summary>
    /// <returns>0, or the errno; then nothing has changed.</returns>
    public static int Replace(SocketHandle handle, SocketHandle by) => dup3(by, handle, O_CLOEXEC) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Returns the address that a socket is bound to.</summary>
    public static IPEndPoint Local(SocketHandle handle, bool ipv6)
    {
        var name = stackalloc byte[SockaddrSpace];
        uint length = SockaddrSpace;
        Require(getsockname(handle, name, &length) == 0 ? 0 : Marshal.GetLastPInvokeError(), "getsockname");
        var endpoint = SocketAddressBytes.Read(new ReadOnlySpan<byte>(name, SockaddrSpace), ipv6);
        return endpoint.ToIPEndPoint()!;
    }

    /// <summary>
    /// Sets Don't Fragment whatever ICMP said, since one forged message could otherwise stop every full-sized datagram, and requests that ICMP
    /// errors are queued with the destination that they are about.
    /// </summary>
    public static void DiscoverPathMtu(SocketHandle handle, bool ipv6)
    {
        Require(SetFragmenting(handle, ipv6, isOn: false), "IP_MTU_DISCOVER");
        if (ipv6)
        {
            Require(SetOption(handle, IPPROTO_IPV6, IPV6_RECVERR, 1), "IPV6_RECVERR");
        }

        Require(SetOption(handle, IPPROTO_IP, IP_RECVERR, 1), "IP_RECVERR");
    }

    /// <summary>Sets or clears Don't Fragment for the datagrams that are sent from now on.</summary>
    /// <returns>0, or the errno.</returns>
    public static int SetFragmenting(SocketHandle handle, bool ipv6, bool isOn)
    {
        // A dual-stack socket takes the IPv4 option too, for the peers that it reaches by mapped addresses.
        var errno = ipv6 ? SetOption(handle, IPPROTO_IPV6, IPV6_MTU_DISCOVER, isOn ? IPV6_PMTUDISC_DONT : IPV6_PMTUDISC_PROBE) : 0;
        return errno != 0 ? errno : SetOption(handle, IPPROTO_IP, IP_MTU_DISCOVER, isOn ? IP_PMTUDISC_DONT : IP_PMTUDISC_PROBE);
    }

    /// <summary>Requests the traffic class of what is received, and the address and interface that it was sent to unless the socket has one address.</summary>
    public static void ReportArrival(SocketHandle handle, IPEndPoint local)
    {
        var ipv6 = local.AddressFamily == AddressFamily.InterNetworkV6;
        if (local.Address.Equals(ipv6 ? IPAddress.IPv6Any : IPAddress.Any))
        {
            Require(ipv6 ? SetOption(handle, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) : SetOption(handle, IPPROTO_IP, IP_PKTINFO, 1), "IP_PKTINFO");
        }

        Require(ipv6 ? SetOption(handle, IPPROTO_IPV6, IPV6_RECVTCLASS, 1) : 0, "IPV6_RECVTCLASS");
        Require(SetOption(handle, IPPROTO_IP, IP_RECVTOS, 1), "IP_RECVTOS");
    }

    /// <summary>Requests the number of messages that the receive buffer had no room for. A kernel that does not know it counts none.</summary>
    public static void ReportOverflow(SocketHandle handle) => _ = SetOption(handle, SOL_SOCKET, SO_RXQ_OVFL, 1);

    /// <summary>Requests buffers of that size: beyond the system's limit with CAP_NET_ADMIN, up to the limit without.</summary>
    public static void SetBuffers(SocketHandle handle, int bytes)
    {
        if (SetOption(handle, SOL_SOCKET, SO_RCVBUFFORCE, bytes) != 0)
        {
            Require(SetOption(handle, SOL_SOCKET, SO_RCVBUF, bytes), "SO_RCVBUF");
        }

        if (SetOption(handle, SOL_SOCKET, SO_SNDBUFFORCE, bytes) != 0)
        {
            Require(SetOption(handle, SOL_SOCKET, SO_SNDBUF, bytes), "SO_SNDBUF");
        }
    }

    /// <summary>Sets the mark of a socket's datagrams.</summary>
    /// <returns>0, or the errno.</returns>
    public static int Mark(SocketHandle handle, uint mark) => SetOption(handle, SOL_SOCKET, SO_MARK, (int)mark);

    /// <summary>Requests that the kernel delivers datagrams of one flow together.</summary>
    /// <returns>0, or the errno: a kernel before 5.0 does not know it.</returns>
    public static int Coalesce(SocketHandle handle) => SetOption(handle, NetinetUdp.SOL_UDP, NetinetUdp.UDP_GRO, 1);

    /// <summary>Writes a whole <c>sockaddr</c>, family included.</summary>
    /// <returns>Its length.</returns>
    public static uint WriteName(byte* name, bool ipv6, in DatagramEndpoint endpoint)
    {
        *(ushort*)name = (ushort)(ipv6 ? AF_INET6 : AF_INET);
        return (uint)SocketAddressBytes.Write(new Span<byte>(name, SockaddrSpace), ipv6, endpoint);
    }

    private static void Require(int errno, string what)
    {
        if (errno != 0)
        {
            throw LinuxStartErrors.Failed(what, errno);
        }
    }
}
