using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Portable;
using static Culvert.Plugins.Transport.Udp.Interop.WinSock2;

namespace Culvert.Plugins.Transport.Udp.Windows;

/// <summary>
/// Sends with <c>WSASendMsg</c>: consecutive datagrams that may share a send go as one, with UDP_SEND_MSG_SIZE and a gather list
/// straight over the packets. Belongs to the thread that sends.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsSender : IDatagramSender
{
    private const int ChunkSize = WaitingDatagrams.Capacity;
    private const int SegmentsPerSend = 64;

    private readonly Socket _socket;
    private readonly bool _ipv6;
    private readonly bool _offered;
    private readonly UdpCounters _counters;
    private readonly RefusalLog _refusals;
    private readonly WaitingDatagrams _waiting;
    private readonly byte* _arena;
    private readonly WSABUF* _buffers;
    private readonly byte* _name;
    private readonly WSACMSGHDR* _control;
    private int _maxSegments;

    public WindowsSender(Socket socket, bool segments, UdpCounters counters, RefusalLog refusals)
    {
        (_socket, _offered, _counters, _refusals) = (socket, segments, counters, refusals);
        _ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _waiting = new WaitingDatagrams(_ipv6, counters);
        _maxSegments = segments ? SegmentsPerSend : 1;
        _arena = (byte*)NativeMemory.AllocZeroed((nuint)((ChunkSize * sizeof(WSABUF)) + SockaddrSpace + WSACMSGHDR.SpaceOfDword));
        _buffers = (WSABUF*)_arena;
        _name = (byte*)(_buffers + ChunkSize);
        _control = (WSACMSGHDR*)(_name + SockaddrSpace);
    }

    public string Offload => Volatile.Read(ref _maxSegments) > 1 ? "segmentation (UDP_SEND_MSG_SIZE)"
        : _offered ? "refused by the system" : "none";

    public void Send(PacketBatch batch)
    {
        var next = 0;
        while (next < batch.Count)
        {
            next = _waiting.Collect(batch, next);
            for (var i = 0; i < _waiting.Count; i++)
            {
                _buffers[i] = new WSABUF { buf = _waiting.Address(i), len = (uint)_waiting[i].Length };
            }

            for (var first = 0; first < _waiting.Count;)
            {
                first += SendGroup(batch, first);
            }
        }
    }

    public void Dispose() => NativeMemory.Free(_arena);

    /// <summary>Sends the next group.</summary>
    /// <returns>How many datagrams were sent or dropped; 0 when segmentation was refused, so that they go singly.</returns>
    private int SendGroup(PacketBatch batch, int first)
    {
        var taken = _waiting.Group(first, _maxSegments);
        var message = new WSAMSG
        {
            name = _name,
            namelen = WriteName(_waiting[first].Endpoint),
            lpBuffers = _buffers + first,
            dwBufferCount = (uint)taken,
        };
        if (taken > 1)
        {
            message.Control = SegmentControl(_waiting[first].Length);
        }

        uint sent;
        _counters.SendCalls.Increment();
        if (WSASendMsg(_socket.SafeHandle, &message, 0, &sent, null, null) == 0)
        {
            _counters.Segmented.Add(taken > 1 ? taken : 0);
            return taken;
        }

        var error = (SocketError)Marshal.GetLastPInvokeError();
        if (taken > 1 && RefusesSegmentation(error))
        {
            Volatile.Write(ref _maxSegments, 1);
            _refusals.NoteSegmentationRefused(error);
            return 0;
        }

        _waiting.Drop(batch, first, first + taken, SocketErrors.Classify(error));
        _refusals.Note(_waiting[first].Length, _waiting[first].Endpoint, error);
        return taken;
    }

    private int WriteName(in DatagramEndpoint endpoint)
    {
        *(ushort*)_name = _ipv6 ? AF_INET6 : AF_INET;
        return SocketAddressBytes.Write(new Span<byte>(_name, SockaddrSpace), _ipv6, endpoint);
    }

    private WSABUF SegmentControl(int segment)
    {
        _control->cmsg_len = WSACMSGHDR.DataOffset + sizeof(uint);
        _control->cmsg_level = IPPROTO_UDP;
        _control->cmsg_type = UDP_SEND_MSG_SIZE;
        *(uint*)((byte*)_control + WSACMSGHDR.DataOffset) = (uint)segment;
        return new WSABUF { buf = (byte*)_control, len = WSACMSGHDR.SpaceOfDword };
    }

    /// <summary>
    /// True when the stack or a driver in it does not take the control message. Windows names no one error for it; these are what its
    /// documentation of WSASendMsg gives for arguments and operations that are not supported.
    /// </summary>
    private static bool RefusesSegmentation(SocketError error) => error is SocketError.InvalidArgument
        or SocketError.OperationNotSupported or SocketError.ProtocolOption or SocketError.Fault;
}
