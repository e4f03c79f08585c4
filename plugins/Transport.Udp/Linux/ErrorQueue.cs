using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Culvert.Plugins.Transport.Udp.Interop;
using static Culvert.Plugins.Transport.Udp.Interop.SysSocket;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// Reads what the kernel queued about datagrams that a socket sent (ip(7), IP_RECVERR): each entry names the destination, and the MTU of the
/// very route. Any thread.
/// </summary>
[SupportedOSPlatform("linux")]
internal static unsafe class ErrorQueue
{
    /// <summary>The most entries a call reads, so that a flood of ICMP messages does not hold up a loop.</summary>
    public const int MaxEntries = 16;

    private const int ControlSpace = 256;

    /// <summary>Takes the entries out.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="ipv6">Its family.</param>
    /// <param name="entries">Gets up to <see cref="MaxEntries"/>.</param>
    /// <returns>The number of entries.</returns>
    public static int Take(SocketHandle socket, bool ipv6, Span<PathError> entries)
    {
        var count = 0;
        var name = stackalloc byte[SockaddrSpace];
        var control = stackalloc byte[ControlSpace];
        while (count < Math.Min(entries.Length, MaxEntries))
        {
            var message = new msghdr { msg_name = name, msg_namelen = SockaddrSpace, msg_control = control, msg_controllen = ControlSpace };
            if (recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            {
                break;
            }

            if (TryRead(message, ipv6, out var entry))
            {
                entries[count++] = entry;
            }
        }

        return count;
    }

    private static bool TryRead(in msghdr message, bool ipv6, out PathError entry)
    {
        entry = default;
        var offset = 0;
        while (offset + cmsghdr.DataOffset + sizeof(Errqueue.sock_extended_err) <= (int)message.msg_controllen)
        {
            var header = (cmsghdr*)(message.msg_control + offset);
            if (IsError(header->cmsg_level, header->cmsg_type))
            {
                var error = Unsafe.ReadUnaligned<Errqueue.sock_extended_err>((byte*)header + cmsghdr.DataOffset);
                var destination = SocketAddressBytes.Read(new ReadOnlySpan<byte>(message.msg_name, SockaddrSpace), ipv6);
                entry = new PathError((int)error.ee_errno, error.ee_origin == Errqueue.SO_EE_ORIGIN_LOCAL, destination, (int)Math.Min(error.ee_info, int.MaxValue));
                return error.ee_origin is Errqueue.SO_EE_ORIGIN_LOCAL or Errqueue.SO_EE_ORIGIN_ICMP or Errqueue.SO_EE_ORIGIN_ICMP6;
            }

            offset += cmsghdr.Space(Math.Max(0, (int)header->cmsg_len - cmsghdr.DataOffset));
        }

        return false;
    }

    private static bool IsError(int level, int type) =>
        (level == NetinetIn.IPPROTO_IP && type == NetinetIn.IP_RECVERR) || (level == NetinetIn.IPPROTO_IPV6 && type == NetinetIn.IPV6_RECVERR);
}
