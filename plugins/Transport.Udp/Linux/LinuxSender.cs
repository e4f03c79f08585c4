using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Interop;
using static Culvert.Plugins.Transport.Udp.Interop.SysSocket;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// Sends batches with <c>sendmmsg</c>; belongs to the thread that sends. In order:
/// 1. collect packets: a gather entry straight over each packet's bytes, no copy;
/// 2. lay out messages: consecutive datagrams that may share a send become one message with UDP_SEGMENT;
/// 3. flush: hand the messages to the kernel until all are sent or dropped with their reason;
/// 4. on a refusal: wait for room, fall back to single datagrams, or drop, as the error says.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxSender : IDisposable
{
    private const int ChunkSize = WaitingDatagrams.Capacity;
    private const int WaitForRoomMilliseconds = 50;
    private const int MaxWaits = 2;

    // An ICMP error about an earlier datagram fails a send that has nothing to do with it; a flood of them is not waited for.
    private const int MaxRepeats = 4;

    // A route that refuses segments now may be another one later; a trial costs a refused call.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    private readonly SocketHandle _socket;
    private readonly bool _ipv6;
    private readonly UdpCounters _counters;
    private readonly ISendEvents _events;
    private readonly WaitingDatagrams _waiting;
    private readonly int[] _firsts = new int[ChunkSize + 1];
    private readonly byte* _arena;
    private readonly mmsghdr* _messages;
    private readonly iovec* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;

    private int _end;
    private int _repeats;
    private bool _fragmenting;
    private readonly TimeProvider _time;
    private readonly bool _offload;
    private TimeSpan _pause = FirstPause;
    private long _refusedAt;
    private bool _isTrial;
    private int _maxSegments;
    private bool _testingRefusal;
    private bool _isSingly;
    private int _waits;

    public LinuxSender(SocketHandle socket, bool ipv6, bool offload, UdpCounters counters, TimeProvider time, ISendEvents events)
    {
        (_socket, _ipv6, _offload, _counters, _time, _events) = (socket, ipv6, offload, counters, time, events);
        _waiting = new WaitingDatagrams(ipv6, counters);
        _maxSegments = offload ? NetinetUdp.UDP_MAX_SEGMENTS : 1;
        var bytesEach = sizeof(mmsghdr) + sizeof(iovec) + SockaddrSpace + ControlMessages.Space;
        _arena = (byte*)NativeMemory.AllocZeroed((nuint)(ChunkSize * bytesEach));
        _messages = (mmsghdr*)_arena;
        _vectors = (iovec*)(_messages + ChunkSize);
        _names = (byte*)(_vectors + ChunkSize);
        _controls = _names + (ChunkSize * SockaddrSpace);
    }

    /// <summary>True while several datagrams may share a send. May be read from any thread.</summary>
    public bool Segments => Volatile.Read(ref _maxSegments) > 1;

    /// <summary>True while Don't Fragment is off. May be read from any thread.</summary>
    public bool Fragments => Volatile.Read(ref _fragmenting);

    /// <summary>Sends every packet that is not dropped.</summary>
    /// <param name="batch">Each packet has an endpoint.</param>
    /// <param name="fragmentAbove">Datagrams of more bytes may be fragmented.</param>
    public void Send(PacketBatch batch, int fragmentAbove = int.MaxValue)
    {
        var next = 0;
        if (_offload && _maxSegments == 1 && _time.GetElapsedTime(_refusedAt) >= _pause)
        {
            _isTrial = true;
            Volatile.Write(ref _maxSegments, NetinetUdp.UDP_MAX_SEGMENTS);
        }

        while (next < batch.Count)
        {
            next = _waiting.Collect(batch, next, fragmentAbove);
            SendCollected(batch);
        }
    }

    public void Dispose() => NativeMemory.Free(_arena);

    private void SendCollected(PacketBatch batch)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            _vectors[i].iov_base = _waiting.Address(i);
            _vectors[i].iov_len = (nuint)_waiting[i].Length;
        }

        var first = 0;
        (_waits, _repeats, _end, _isSingly) = (0, 0, 0, false);
        while (first < _waiting.Count)
        {
            if (first == _end)
            {
                BeginRun(first);
            }

            var messages = LayOut(first);
            first = Flush(batch, messages);
        }
    }

    /// <summary>Finds the datagrams that share the Don't Fragment bit, which the socket has rather than the message, and sets it.</summary>
    private void BeginRun(int first)
    {
        var fragmenting = _waiting[first].MayFragment;
        _end = first + 1;
        while (_end < _waiting.Count && _waiting[_end].MayFragment == fragmenting)
        {
            _end++;
        }

        if (fragmenting != _fragmenting && LinuxSocketOpening.SetFragmenting(_socket, _ipv6, fragmenting) == 0)
        {
            Volatile.Write(ref _fragmenting, fragmenting);
        }
    }

    /// <summary>Lays out messages for the datagrams from <paramref name="first"/> on.</summary>
    /// <returns>How many messages; message m carries the datagrams from <c>_firsts[m]</c> to <c>_firsts[m + 1]</c>.</returns>
    private int LayOut(int first)
    {
        // A refusal that is not certain yet is settled by one datagram alone; the kernel does not fragment what it segments.
        var limit = _testingRefusal || _isSingly || _fragmenting ? 1 : _maxSegments;
        var message = 0;
        while (first < _end)
        {
            var taken = Math.Min(_waiting.Group(first, limit), _end - first);
            _firsts[message] = first;
            Fill(message++, first, taken);
            first += taken;
        }

        _firsts[message] = _end;
        return message;
    }

    private void Fill(int message, int first, int taken)
    {
        var name = _names + (message * SockaddrSpace);
        *(ushort*)name = _ipv6 ? (ushort)AF_INET6 : (ushort)AF_INET;
        ref var header = ref _messages[message].msg_hdr;
        header.msg_name = name;
        header.msg_namelen = (uint)SocketAddressBytes.Write(new Span<byte>(name, SockaddrSpace), _ipv6, _waiting[first].Endpoint);
        header.msg_iov = _vectors + first;
        header.msg_iovlen = (nuint)taken;
        var control = _controls + (message * ControlMessages.Space);
        var length = ControlMessages.Write(control, _waiting[first], taken, _ipv6);
        header.msg_control = length == 0 ? null : control;
        header.msg_controllen = (nuint)length;
    }

    /// <summary>Sends the messages that were laid out.</summary>
    /// <returns>The first datagram that is neither sent nor dropped; the count when all are done.</returns>
    private int Flush(PacketBatch batch, int messages)
    {
        var done = 0;
        while (done < messages)
        {
            var sent = sendmmsg(_socket, _messages + done, (uint)(messages - done), MSG_DONTWAIT);
            _counters.SendCalls.Increment();
            if (sent > 0)
            {
                NoteSent(done, sent);
                done += sent;
                continue;
            }

            var errno = Marshal.GetLastPInvokeError();
            if (!LinuxErrors.Interrupted(errno) && !Recover(batch, ref done, errno))
            {
                break;
            }
        }

        return _firsts[done];
    }

    private void NoteSent(int done, int sent)
    {
        _waits = 0;
        if (_testingRefusal)
        {
            // The datagrams that the kernel refused together go alone: it is the segmentation that it cannot do.
            _testingRefusal = false;
            TurnOff(Errno.EINVAL);
        }

        var segmented = 0;
        for (var message = done; message < done + sent; message++)
        {
            var datagrams = _firsts[message + 1] - _firsts[message];
            segmented += datagrams > 1 ? datagrams : 0;
        }

        _counters.Segmented.Add(segmented);
        if (_isTrial && segmented > 0)
        {
            (_isTrial, _pause) = (false, FirstPause);
            _events.OnSegmentationAccepted();
        }
    }

    /// <summary>Deals with the first message that the kernel did not take.</summary>
    /// <returns>True to continue with the messages as laid out; false to lay them out again.</returns>
    private bool Recover(PacketBatch batch, ref int done, int errno)
    {
        var first = _firsts[done];
        var last = _firsts[done + 1];
        if (LinuxErrors.IsPassing(errno) && _events.TakeErrors() && _repeats < MaxRepeats)
        {
            _repeats++;
            return true;
        }

        if (LinuxErrors.RefusesLocal(errno) && _waiting[first].Endpoint is { RequiresLocal: false } endpoint && endpoint != endpoint.Remote)
        {
            // The address or the interface that the peer called is gone: better from another one than not at all.
            _waiting.ForgetLocal(first, last);
            return false;
        }

        if (last - first > 1 && LinuxErrors.RefusesSegmentation(errno))
        {
            TurnOff(errno);
            return false;
        }

        if (last - first > 1 && LinuxErrors.MayRefuseSegmentation(errno))
        {
            _testingRefusal = true;
            return false;
        }

        if (last - first > 1 && LinuxErrors.HidesSize(errno))
        {
            // Apart, each is judged by its own size: the last of a group may be shorter and pass.
            _isSingly = true;
            return false;
        }

        if (LinuxErrors.WouldBlock(errno) && _waits < MaxWaits && WaitForRoom())
        {
            _waits++;
            return true;
        }

        DropRefused(batch, first, last, errno);
        done++;
        return !Settled();
    }

    private bool Settled()
    {
        var was = _testingRefusal;
        _testingRefusal = false;
        return was;
    }

    private void DropRefused(PacketBatch batch, int first, int last, int errno)
    {
        var failure = LinuxErrors.Classify(errno);
        _waiting.Drop(batch, first, last, failure);
        _events.OnRefused(failure, _waiting[first].Endpoint, _waiting[first].Length, errno);
    }

    private bool WaitForRoom()
    {
        var wait = new SysPoll.pollfd { fd = _socket.Number, events = SysPoll.POLLOUT };
        var ready = SysPoll.poll(&wait, 1, WaitForRoomMilliseconds);
        return ready > 0 || (ready < 0 && LinuxErrors.Interrupted(Marshal.GetLastPInvokeError()));
    }

    private void TurnOff(int errno)
    {
        Debug.Assert(_maxSegments > 1, "Segmentation is on.");
        Volatile.Write(ref _maxSegments, 1);
        _refusedAt = _time.GetTimestamp();
        if (_isTrial)
        {
            _isTrial = false;
            _pause = _pause * 2 < MaxPause ? _pause * 2 : MaxPause;
            return;
        }

        _events.OnSegmentationRefused(errno);
    }
}
