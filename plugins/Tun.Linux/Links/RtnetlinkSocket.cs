using System.Runtime.InteropServices;
using System.Text;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// A conversation with the kernel about devices, addresses and routes of the network namespace in which it was opened. Requests are thread-safe: the next one is
/// sent when the answer to the one before was read. <see cref="Receive"/> belongs to one thread, of a socket without requests.
/// </summary>
internal sealed class RtnetlinkSocket : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int MaxRepeats = 2;

    private readonly FileDescriptor _socket;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly Lock _gate = new();
    private uint _sequence;

    /// <summary>Reads an entry of a list from what follows its header; false for one that does not count.</summary>
    public delegate bool Reader<T>(ReadOnlySpan<byte> payload, out T item);

    /// <summary>Opens one.</summary>
    /// <param name="groups">The multicast groups to hear, <c>RTMGRP_…</c>; 0 for none.</param>
    /// <exception cref="NetlinkException">The system refused.</exception>
    public unsafe RtnetlinkSocket(uint groups = 0)
    {
        _socket = Socket.socket(Socket.AF_NETLINK, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, Netlink.NETLINK_ROUTE);
        if (_socket.IsInvalid)
        {
            throw new NetlinkException(Errno.Last, "socket(AF_NETLINK)");
        }

        // Shorter answers, with the kernel's own words in them. A kernel before 4.12 knows neither: the numbers have to do then.
        var on = 1;
        _ = Socket.setsockopt(_socket, Socket.SOL_NETLINK, Netlink.NETLINK_CAP_ACK, &on, sizeof(int));
        _ = Socket.setsockopt(_socket, Socket.SOL_NETLINK, Netlink.NETLINK_EXT_ACK, &on, sizeof(int));
        var address = new Netlink.SocketAddress { nl_family = Socket.AF_NETLINK, nl_groups = groups };
        if (Socket.bind(_socket, &address, (uint)sizeof(Netlink.SocketAddress)) != 0)
        {
            var error = Errno.Last;
            _socket.Dispose();
            throw new NetlinkException(error, "bind(AF_NETLINK)");
        }
    }

    /// <summary>For waiting.</summary>
    public FileDescriptor Descriptor => _socket;

    /// <summary>Sends a request that has <c>NLM_F_ACK</c> and waits until the kernel has carried it out.</summary>
    /// <exception cref="NetlinkException">The kernel refused it.</exception>
    public void Request(RtnetlinkMessage message) => Exchange(message, static (_, _) => { });

    /// <summary>Sends a request and gives each answer to <paramref name="answer"/>: its type and what follows its header.</summary>
    /// <exception cref="NetlinkException">The kernel refused it.</exception>
    public void Exchange(RtnetlinkMessage message, Action<ushort, ReadOnlySpan<byte>> answer)
    {
        lock (_gate)
        {
            Converse(message, answer);
        }
    }

    private void Converse(RtnetlinkMessage message, Action<ushort, ReadOnlySpan<byte>> answer)
    {
        var sequence = ++_sequence;
        var bytes = message.Finish(sequence);
        if (Socket.send(_socket, bytes, (nuint)bytes.Length, 0) < 0)
        {
            throw new NetlinkException(Errno.Last, "send(AF_NETLINK)");
        }

        while (true)
        {
            foreach (var received in Receive())
            {
                if (received.Header.nlmsg_seq != sequence)
                {
                    continue;
                }

                if (received.Header.nlmsg_type is Netlink.NLMSG_DONE)
                {
                    return;
                }

                if (received.Header.nlmsg_type is Netlink.NLMSG_ERROR)
                {
                    ThrowIfRefused(received.Payload);
                    return;
                }

                answer(received.Header.nlmsg_type, received.Payload);
            }
        }
    }

    /// <summary>Sends a request for a list and returns the entries that <paramref name="read"/> takes.</summary>
    /// <exception cref="NetlinkException">The kernel refused it.</exception>
    public List<T> List<T>(RtnetlinkMessage message, Reader<T> read) => Complete<T>(items => Exchange(message, (_, payload) =>
    {
        if (read(payload, out var item))
        {
            items.Add(item);
        }
    }));

    /// <summary>
    /// Fills a list. The kernel makes a list in parts, and gives it up with EINVAL when what it lists changes between them: it is then begun anew,
    /// without the entries that came before.
    /// </summary>
    /// <param name="fill">Adds the entries to an empty list.</param>
    internal static List<T> Complete<T>(Action<List<T>> fill)
    {
        for (var again = MaxRepeats; ; again--)
        {
            List<T> items = [];
            try
            {
                fill(items);
                return items;
            }
            catch (NetlinkException error) when (error.IsOvertaken && again > 0)
            {
            }
        }
    }

    /// <summary>Waits for messages: answers, or what the groups say.</summary>
    /// <returns>The messages; good until the next call.</returns>
    /// <exception cref="NetlinkException">Among others <c>ENOBUFS</c>: messages of the groups were lost.</exception>
    public NetlinkMessages Receive()
    {
        nint length;
        do
        {
            length = Socket.recv(_socket, _buffer, (nuint)_buffer.Length, 0);
        }
        while (length < 0 && Errno.Last == Errno.EINTR);
        return length < 0
            ? throw new NetlinkException(Errno.Last, "recv(AF_NETLINK)") { IsOvertaken = Errno.Last == Errno.EINVAL }
            : new(_buffer.AsSpan(0, (int)length));
    }

    public void Dispose() => _socket.Dispose();

    internal static void ThrowIfRefused(ReadOnlySpan<byte> error)
    {
        if (!MemoryMarshal.TryRead<int>(error, out var negative))
        {
            throw new NetlinkException(Errno.EIO, "the kernel's answer is cut short");
        }

        var number = unchecked(-negative);
        if (number == 0)
        {
            return;
        }

        // With NETLINK_CAP_ACK the request's header alone follows the number, then the attributes.
        var behind = sizeof(int) + Marshal.SizeOf<Netlink.MessageHeader>();
        var words = error.Length > behind ? NetlinkAttributes.Find(error[behind..], Netlink.NLMSGERR_ATTR_MSG) : default;
        throw new NetlinkException(number, words.IsEmpty ? null : Encoding.UTF8.GetString(words).TrimEnd('\0'));
    }
}
