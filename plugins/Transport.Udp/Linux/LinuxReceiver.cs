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
/// 3. hand out: cut each message into the datagrams that the kernel coalesced (UDP_GRO), judge its source once, and add every datagram
///    in place, or as a copy where stages above need more room around it than lies between two segments.
/// A buffer that lies in the batch is written again only by a later call, when the batch has been cleared.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxReceiver : IDisposable
{
    private const int Buffers = 64;
    private const int BufferSize = 65_536;

    private static readonly int ControlSpace = cmsghdr.Space(sizeof(int));

    private readonly SocketHandle _socket;
    private readonly bool _ipv6;
    private readonly PacketRoom _room;
    private readonly InboundGate _gate;
    private readonly UdpCounters _counters;
    private readonly byte[] _memory;
    private readonly int _stride;
    private readonly byte* _arena;
    private readonly mmsghdr* _messages;
    private readonly byte* _names;
    private readonly byte* _controls;

    private int _received;
    private int _next;
    private int _offset;
    private int _lastMessages;
    private int _lastDatagrams;

    public LinuxReceiver(SocketHandle socket, bool ipv6, PacketRoom room, InboundGate gate, UdpCounters counters)
    {
        (_socket, _ipv6, _gate, _counters) = (socket, ipv6, gate, counters);
        _room = room with { Size = BufferSize };
        // The same stride as everywhere: whole buffers apart, but never a multiple of the page. Pages come as they are first written,
        // so a path without coalescing uses one page of each buffer.
        _stride = _room.Stride;
        _memory = GC.AllocateUninitializedArray<byte>(Buffers * _stride, pinned: true);
        _arena = (byte*)NativeMemory.AllocZeroed((nuint)(Buffers * (sizeof(mmsghdr) + sizeof(iovec) + SockaddrSpace + ControlSpace)));
        _messages = (mmsghdr*)_arena;
        var vectors = (iovec*)(_messages + Buffers);
        _names = (byte*)(vectors + Buffers);
        _controls = _names + (Buffers * SockaddrSpace);
        for (var i = 0; i < Buffers; i++)
        {
            // On the pinned heap: the address holds for the array's life.
            vectors[i].iov_base = (void*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, (i * _stride) + _room.Headroom);
            vectors[i].iov_len = BufferSize;
            _messages[i].msg_hdr = new msghdr
            {
                msg_name = _names + (i * SockaddrSpace),
                msg_iov = vectors + i,
                msg_iovlen = 1,
                msg_control = _controls + (i * ControlSpace),
            };
        }
    }

    /// <summary>Adds what is there to the batch, without waiting.</summary>
    /// <param name="batch">Empty.</param>
    /// <returns>0, or the errno that kept anything from coming.</returns>
    public int Receive(PacketBatch batch)
    {
        if (_next == _received)
        {
            var errno = Fill(batch.Free);
            if (errno != 0)
            {
                return errno;
            }
        }

        HandOut(batch);
        return 0;
    }

    public void Dispose() => NativeMemory.Free(_arena);

    private int Fill(int free)
    {
        var wanted = ReceivePlan.Messages(free, Buffers, _lastMessages, _lastDatagrams);
        for (var i = 0; i < wanted; i++)
        {
            _messages[i].msg_hdr.msg_namelen = SockaddrSpace;
            _messages[i].msg_hdr.msg_controllen = (nuint)ControlSpace;
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

    private void HandOut(PacketBatch batch)
    {
        while (_next < _received && !batch.IsFull)
        {
            ref readonly var message = ref _messages[_next];
            var length = (int)message.msg_len;
            var segment = SegmentSize(in message.msg_hdr, length);
            var datagrams = segment == 0 ? 1 : (length + segment - 1) / segment;
            if (_offset == 0 && !AdmitsMessage(in message.msg_hdr, datagrams))
            {
                _next++;
                continue;
            }

            HandOutMessage(batch, length, segment, datagrams);
        }
    }

    /// <summary>Judges a message before its first datagram is handed out.</summary>
    private bool AdmitsMessage(in msghdr header, int datagrams)
    {
        _lastDatagrams += datagrams;
        if (datagrams > 1)
        {
            _counters.Coalesced.Add(datagrams);
        }

        if ((header.msg_flags & MSG_TRUNC) != 0)
        {
            _counters.Truncated.Increment();
            return false;
        }

        return _gate.AdmitsSource(Source(), datagrams);
    }

    private void HandOutMessage(PacketBatch batch, int length, int segment, int datagrams)
    {
        var source = Source();
        var home = _next * _stride;
        do
        {
            if (batch.IsFull)
            {
                return;
            }

            var size = Math.Min(segment, length - _offset);
            if (_gate.AdmitsLength(size))
            {
                Add(batch, home, size, alone: datagrams == 1, source);
            }

            _offset += size;
        }
        while (_offset < length);

        _next++;
        _offset = 0;
    }

    private void Add(PacketBatch batch, int home, int size, bool alone, in NetworkEndpoint source)
    {
        var start = home + _room.Headroom + _offset;
        if (alone)
        {
            var packet = batch.AddForeign(_memory, home, start, size, home + _room.Total);
            packet.Endpoint = source;
        }
        else if (_room.Headroom == 0 && _room.Tailroom == 0)
        {
            var packet = batch.AddForeign(_memory, start, start, size, start + size);
            packet.Endpoint = source;
        }
        else if (size > batch.Room.Size)
        {
            _counters.Oversized.Increment();
        }
        else
        {
            // A stage above prepends or appends, and between two segments there is no room: the one case that needs a copy.
            var packet = batch.Add(size);
            _memory.AsSpan(start, size).CopyTo(packet.Data);
            packet.Endpoint = source;
        }
    }

    private NetworkEndpoint Source() =>
        SocketAddressBytes.Read(new ReadOnlySpan<byte>(_names + (_next * SockaddrSpace), SockaddrSpace), _ipv6);

    /// <summary>The size of all but the last datagram of a message; the whole length when the kernel coalesced nothing.</summary>
    private static int SegmentSize(in msghdr header, int length)
    {
        if (header.msg_controllen < cmsghdr.Length(sizeof(int)))
        {
            return length;
        }

        // One option of this socket asks for control messages, so the first is the only one.
        var control = (cmsghdr*)header.msg_control;
        if (control->cmsg_level != NetinetUdp.SOL_UDP || control->cmsg_type != NetinetUdp.UDP_GRO)
        {
            return length;
        }

        var segment = *(int*)((byte*)control + cmsghdr.DataOffset);
        return segment is > 0 ? Math.Min(segment, length) : length;
    }
}
