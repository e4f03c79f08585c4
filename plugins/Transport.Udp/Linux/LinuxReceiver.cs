using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Interop;
using static Culvert.Plugins.Transport.Udp.Interop.SysSocket;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// Receives with <c>recvmmsg</c> into buffers of its own; belongs to the thread that receives. In order:
/// 1. hand out what an earlier call left over, because the batch was full;
/// 2. fill: ask for as many messages as are likely to fill the batch;
/// 3. hand out: judge each message's source once, and cut it into the datagrams that the kernel coalesced (UDP_GRO).
/// A buffer that lies in the batch is written again only by a later call, when the batch has been cleared.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxReceiver : IDisposable
{
    private const int Buffers = 64;

    private readonly SocketHandle _socket;
    private readonly bool _ipv6;
    private readonly bool _coalesced;
    private readonly UdpCounters _counters;
    private readonly ReceiveBuffers _buffers;
    private readonly byte* _arena;
    private readonly mmsghdr* _messages;
    private readonly byte* _names;

    private int _received;
    private int _next;
    private int _offset;
    private int _lastMessages;
    private int _lastDatagrams;
    private uint _overflow;

    public LinuxReceiver(SocketHandle socket, bool ipv6, bool coalesced, PacketRoom room, InboundGate gate, UdpCounters counters)
    {
        (_socket, _ipv6, _coalesced, _counters) = (socket, ipv6, coalesced, counters);
        _buffers = new ReceiveBuffers(Buffers, room, gate, counters);
        _arena = (byte*)NativeMemory.AllocZeroed((nuint)(Buffers * (sizeof(mmsghdr) + sizeof(iovec) + SockaddrSpace + ControlMessages.Space)));
        _messages = (mmsghdr*)_arena;
        var vectors = (iovec*)(_messages + Buffers);
        _names = (byte*)(vectors + Buffers);
        var controls = _names + (Buffers * SockaddrSpace);
        for (var i = 0; i < Buffers; i++)
        {
            vectors[i].iov_base = (void*)_buffers.Address(i);
            vectors[i].iov_len = ReceiveBuffers.Size;
            _messages[i].msg_hdr = new msghdr
            {
                msg_name = _names + (i * SockaddrSpace),
                msg_iov = vectors + i,
                msg_iovlen = 1,
                msg_control = controls + (i * ControlMessages.Space),
            };
        }
    }

    /// <summary>Adds what is there to the filler, without waiting.</summary>
    /// <param name="filler">Empty.</param>
    /// <returns>0, or the errno that kept anything from coming.</returns>
    public int Receive(PacketFiller filler)
    {
        if (_next == _received)
        {
            var errno = Fill(filler.Free);
            if (errno != 0)
            {
                return errno;
            }
        }

        HandOut(filler);
        return 0;
    }

    public void Dispose() => NativeMemory.Free(_arena);

    private int Fill(int free)
    {
        var wanted = ReceivePlan.Messages(free, Buffers, _coalesced, _lastMessages, _lastDatagrams);
        for (var i = 0; i < wanted; i++)
        {
            _messages[i].msg_hdr.msg_namelen = SockaddrSpace;
            _messages[i].msg_hdr.msg_controllen = (nuint)ControlMessages.Space;
        }

        var received = recvmmsg(_socket, _messages, (uint)wanted, MSG_DONTWAIT, null);
        if (received < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        _counters.ReceiveCalls.Increment();
        (_received, _next, _offset) = (received, 0, 0);
        (_lastMessages, _lastDatagrams) = (received, 0);
        return 0;
    }

    private void HandOut(PacketFiller filler)
    {
        for (; _next < _received && !filler.IsFull; _next++)
        {
            var message = Read(_next);
            if (_offset == 0 && !Admits(filler, in message))
            {
                continue;
            }

            if (!_buffers.HandOut(filler, in message, ref _offset))
            {
                return;
            }

            _offset = 0;
        }
    }

    /// <summary>Judges a message before its first datagram is handed out.</summary>
    private bool Admits(PacketFiller filler, in ReceivedMessage message)
    {
        _lastDatagrams += message.Datagrams;
        NoteOverflow(message.Overflow);
        if ((_messages[message.Buffer].msg_hdr.msg_flags & MSG_TRUNC) != 0)
        {
            filler.Refuse(_counters.Truncated);
            return false;
        }

        return _buffers.Admits(filler, in message);
    }

    // The kernel mentions it from the first loss on; a socket that took the place of another counts anew.
    private void NoteOverflow(uint overflow)
    {
        if (overflow != _overflow)
        {
            _counters.ReceiveOverflow.Add(overflow > _overflow ? overflow - _overflow : overflow);
            _overflow = overflow;
        }
    }

    private ReceivedMessage Read(int index)
    {
        ref readonly var message = ref _messages[index];
        var length = (int)message.msg_len;
        var source = SocketAddressBytes.Read(new ReadOnlySpan<byte>(_names + (index * SockaddrSpace), SockaddrSpace), _ipv6);
        return ControlMessages.Read(in message.msg_hdr, new ReceivedMessage(index, length, length, source));
    }
}
