using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Portable;
using Culvert.Stages;
using static Culvert.Plugins.Transport.Udp.Interop.WinSock2;

namespace Culvert.Plugins.Transport.Udp.Windows;

/// <summary>
/// Receives with <c>WSARecvMsg</c>, one message a call; a message is one datagram, or several that the system coalesced
/// (UDP_COALESCED_INFO). Belongs to the thread that receives.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsReceiver : IDatagramReceiver
{
    private const int Buffers = 32;

    private readonly Socket _socket;
    private readonly SelfWaker _waker;
    private readonly bool _ipv6;
    private readonly bool _coalesces;
    private readonly UdpCounters _counters;
    private readonly ReceiveBuffers _buffers;
    private readonly delegate* unmanaged<nint, WSAMSG*, uint*, void*, void*, int> _receive;
    private readonly byte* _arena;
    private readonly byte* _name;
    private readonly WSACMSGHDR* _control;
    private ReceivedMessage _message;
    private int _offset;
    private bool _isLeft;
    private int _next;
    private int _used;

    public WindowsReceiver(
        Socket socket, SelfWaker waker, bool coalesces, PacketRoom room, InboundGate gate, UdpCounters counters)
    {
        (_socket, _waker, _coalesces, _counters) = (socket, waker, coalesces, counters);
        _ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _buffers = new ReceiveBuffers(Buffers, room, gate, counters);
        _receive = (delegate* unmanaged<nint, WSAMSG*, uint*, void*, void*, int>)FindReceive(socket);
        _arena = (byte*)NativeMemory.AllocZeroed(SockaddrSpace + WSACMSGHDR.SpaceOfDword);
        _name = _arena;
        _control = (WSACMSGHDR*)(_name + SockaddrSpace);
    }

    public string Offload => _coalesces ? "coalescing (UDP_RECV_MAX_COALESCED_SIZE)" : "none";

    public void Begin(PacketFiller filler)
    {
        // What is left lies in its buffer still; the others are free, because the batch that they lay in was cleared.
        _next = (_message.Buffer + 1) % Buffers;
        _used = _isLeft ? 1 : 0;
        if (_isLeft)
        {
            _isLeft = !_buffers.HandOut(filler, in _message, ref _offset);
        }
    }

    public bool ReceiveOne(PacketFiller filler)
    {
        if (!TryReceive(_next, out var message, out var flags))
        {
            return true;
        }

        if (_waker.Recognises(message.Source, message.Length))
        {
            return false;
        }

        if ((flags & MSG_TRUNC) != 0)
        {
            filler.Refuse(_counters.Truncated);
            return true;
        }

        if (!_buffers.Admits(filler, in message))
        {
            return true;
        }

        _offset = 0;
        _message = message;
        _isLeft = !_buffers.HandOut(filler, in _message, ref _offset);
        _next = (_next + 1) % Buffers;
        // After as many messages as there are buffers the first one would be overwritten while it lies in the batch.
        return !_isLeft && ++_used < Buffers;
    }

    public void Dispose() => NativeMemory.Free(_arena);

    private bool TryReceive(int buffer, out ReceivedMessage message, out uint flags)
    {
        var data = new WSABUF { buf = (byte*)_buffers.Address(buffer), len = ReceiveBuffers.Size };
        var header = new WSAMSG
        {
            name = _name,
            namelen = SockaddrSpace,
            lpBuffers = &data,
            dwBufferCount = 1,
            Control = new WSABUF { buf = (byte*)_control, len = WSACMSGHDR.SpaceOfDword },
        };
        uint length;
        var failed = _receive(_socket.Handle, &header, &length, null, null) != 0;
        var error = failed ? (SocketError)Marshal.GetLastSystemError() : SocketError.Success;
        flags = header.dwFlags;
        message = default;
        if (failed)
        {
            if (!SocketErrors.IsPassing(error))
            {
                throw new EndpointLostException($"UDP {_socket.LocalEndPoint}: {new SocketException((int)error).Message}");
            }

            _counters.Refused.Increment();
            return false;
        }

        _counters.ReceiveCalls.Increment();
        var source = SocketAddressBytes.Read(new ReadOnlySpan<byte>(_name, SockaddrSpace), _ipv6);
        message = new ReceivedMessage(buffer, (int)length, SegmentSize(in header, (int)length), source);
        return true;
    }

    /// <summary>The size of all but the last datagram; the whole length when nothing was coalesced.</summary>
    private int SegmentSize(in WSAMSG header, int length)
    {
        if (header.Control.len < WSACMSGHDR.DataOffset + sizeof(uint)
            || _control->cmsg_level != IPPROTO_UDP || _control->cmsg_type != UDP_COALESCED_INFO)
        {
            return length;
        }

        var segment = *(uint*)((byte*)_control + WSACMSGHDR.DataOffset);
        return segment > 0 ? (int)Math.Min(segment, (uint)length) : length;
    }

    private static nint FindReceive(Socket socket)
    {
        var id = WSAID_WSARECVMSG;
        nint function;
        uint returned;
        var failed = WSAIoctl(
            socket.SafeHandle, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, (uint)sizeof(Guid), &function, (uint)sizeof(nint), &returned,
            null, null) != 0;
        return failed ? throw StartErrors.Other("WSARecvMsg", new SocketException(Marshal.GetLastPInvokeError()).Message) : function;
    }
}
