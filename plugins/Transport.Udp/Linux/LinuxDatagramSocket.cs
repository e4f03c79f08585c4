using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// The UDP socket on Linux: segmentation and receive offload, many datagrams a call. It never waits: the host polls its descriptor.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxDatagramSocket : IDatagramSocket, ISendEvents
{
    private const int MaxPassingErrors = 64;

    private readonly IEndpointContext _context;
    private readonly UdpCounters _counters;
    private readonly SocketHandle _handle;
    private readonly LinuxSender _sender;
    private readonly LinuxReceiver _receiver;
    private readonly PathMtuWatch _pathMtu;
    private readonly PathFailures _failures;
    private readonly LogLimit _refusals;
    private readonly bool _ipv6;
    private readonly OffloadSetting _offload;
    private readonly bool _coalesces;
    private volatile IPEndPoint _local;
    private uint _mark;
    private long _errorsTakenAt;
    private int _localMtu;
    private int _bufferBytes;
    private readonly string? _bindDevice;

    public LinuxDatagramSocket(UdpOptions options, IEndpointContext context, UdpCounters counters, InboundGate gate)
    {
        (_context, _counters, _offload) = (context, counters, options.Offload);
        _refusals = new LogLimit(context.Time);
        _failures = new PathFailures(context);
        (_bufferBytes, _bindDevice) = (options.SocketBufferBytes, options.BindDevice);
        var ipv6 = _ipv6 = options.Listen.AddressFamily == AddressFamily.InterNetworkV6;
        var shared = context.Lanes > 1 ? context.State($"port {options.Listen}", (IStageContext _) => SharedPort.Find(options.Listen, options.BindDevice)) : null;
        var listen = shared?.Local ?? options.Listen;
        _handle = LinuxSocketOpening.Open(ipv6);
        try
        {
            SetUp(_handle, listen);
            if (TrySetMark(options.Fwmark.Value) is not 0 and var errno)
            {
                throw StartErrors.MarkRefused(options.Fwmark.Value, Marshal.GetPInvokeErrorMessage(errno));
            }

            _coalesces = options.Offload.Receives && Coalesces();
            LinuxSocketOpening.Bind(_handle, listen, sharePort: shared is not null);
            shared?.Bound();
            _local = LinuxSocketOpening.Local(_handle, ipv6);
        }
        catch
        {
            _handle.Dispose();
            throw;
        }

        _pathMtu = new PathMtuWatch(context, options.PathMtu.UpperBound, ipv6 ? UdpStage.Ipv6Overhead : UdpStage.Ipv4Overhead) { Mark = _mark };
        _sender = new LinuxSender(_handle, ipv6, options.Offload.Sends, counters, context.Time, this);
        _receiver = new LinuxReceiver(_handle, ipv6, _coalesces, context.Room, gate, counters);
    }

    public IPEndPoint Local => _local;

    public uint Mark => Volatile.Read(ref _mark);

    public string SendOffload => _sender.Segments ? "segmentation (UDP_SEGMENT)" : _offload.Sends ? "refused by the system" : "off";

    public string ReceiveOffload => _coalesces ? "coalescing (UDP_GRO)" : _offload.Receives ? "refused by the system" : "off";

    /// <summary>The socket itself, for tests that set it up to be refused.</summary>
    internal SocketHandle Handle => _handle;

    public void Send(PacketBatch batch) => _sender.Send(batch, _pathMtu.FragmentAbove);

    public int? Descriptor => _handle.Number;

    public void Receive(PacketFiller filler)
    {
        for (var passing = 0; passing < MaxPassingErrors;)
        {
            var errno = _receiver.Receive(filler);
            if (errno == 0)
            {
                return;
            }

            if (LinuxErrors.WouldBlock(errno))
            {
                TakeErrorsOfIdle();
                return;
            }

            if (LinuxErrors.IsPassing(errno))
            {
                TakeErrors();
                passing++;
            }
            else if (!LinuxErrors.Interrupted(errno))
            {
                throw new EndpointLostException($"UDP {Local}: {Marshal.GetPInvokeErrorMessage(errno)}");
            }
        }
    }

    public void SetMark(uint mark)
    {
        if (TrySetMark(mark) is not 0 and var errno)
        {
            throw LinuxErrors.Exception(errno);
        }

        _pathMtu.Mark = mark;
    }

    public SocketMove PrepareMove(IPEndPoint local, bool joins)
    {
        var handle = LinuxSocketOpening.Open(_ipv6);
        try
        {
            SetUp(handle, local);
            if (_coalesces)
            {
                _ = LinuxSocketOpening.Coalesce(handle);
            }

            var errno = _mark == 0 ? 0 : LinuxSocketOpening.Mark(handle, _mark);
            errno = errno == 0 ? LinuxSocketOpening.TryBind(handle, local, sharePort: joins) : errno;
            if (errno != 0)
            {
                throw LinuxErrors.Exception(errno);
            }

            // Taken alone first, so that no other program has it; then the other lanes may join.
            if (_context.Lanes > 1 && !joins)
            {
                LinuxSocketOpening.SharePort(handle);
            }

            var bound = LinuxSocketOpening.Local(handle, _ipv6);
            return new SocketMove(bound, () => Take(handle, bound), handle.Dispose);
        }
        catch (StageStartException)
        {
            handle.Dispose();
            throw LinuxErrors.Exception(Errno.EIO);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Apply(UdpOptions options)
    {
        _bufferBytes = options.SocketBufferBytes;
        LinuxSocketOpening.SetBuffers(_handle, options.SocketBufferBytes);
        if (TrySetMark(options.Fwmark.Value) is not 0 and var errno)
        {
            UdpStageLog.MarkRefused(_context.Logger, options.Fwmark.Value, Marshal.GetPInvokeErrorMessage(errno));
        }

        _pathMtu.Mark = _mark;
        _pathMtu.Replan(options.PathMtu.UpperBound);
    }

    /// <summary>Nothing waits here.</summary>
    public void Wake()
    {
    }

    public void OnSegmentationRefused(int errno) =>
        UdpStageLog.SegmentationRefused(_context.Logger, Marshal.GetPInvokeErrorMessage(errno));

    public void OnSegmentationAccepted() => UdpStageLog.SegmentationAccepted(_context.Logger);

    public void OnRefused(SendFailure failure, in DatagramEndpoint endpoint, int length, int errno)
    {
        if (failure == SendFailure.TooBig)
        {
            _pathMtu.OnTooBig(new PathError(errno, IsLocal: true, endpoint, Interlocked.Exchange(ref _localMtu, 0)));
        }

        if (failure is SendFailure.Unreachable or SendFailure.NotPermitted or SendFailure.Refused)
        {
            _failures.Note(endpoint, errno);
        }

        if (_refusals.Allows())
        {
            UdpStageLog.Refused(_context.Logger, length, endpoint, Marshal.GetPInvokeErrorMessage(errno));
        }
    }

    public bool TakeErrors()
    {
        Span<PathError> errors = stackalloc PathError[ErrorQueue.MaxEntries];
        var count = ErrorQueue.Take(_handle, _ipv6, errors);
        var isRemote = count > 0;
        foreach (ref readonly var error in errors[..count])
        {
            isRemote &= !error.IsLocal;
            if (error.IsLocal)
            {
                // The destination's port is missing in it: the send that failed has it.
                Volatile.Write(ref _localMtu, error.Mtu);
            }
            else if (LinuxErrors.Classify(error.Errno) == SendFailure.TooBig)
            {
                _pathMtu.OnTooBig(error);
            }
            else
            {
                _counters.Refused.Increment();
                _failures.Note(error.Destination, error.Errno);
            }
        }

        return isRemote;
    }

    public void Dispose()
    {
        _pathMtu.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
        _handle.Dispose();
    }

    // What a socket has before it is bound, the first one and each that takes its place.
    private void SetUp(SocketHandle handle, IPEndPoint local)
    {
        LinuxSocketOpening.DiscoverPathMtu(handle, _ipv6);
        LinuxSocketOpening.ReportArrival(handle, local);
        LinuxSocketOpening.ReportOverflow(handle);
        LinuxSocketOpening.SetBuffers(handle, _bufferBytes);
        LinuxSocketOpening.BindToDevice(handle, _bindDevice);
    }

    // Loops use the descriptor meanwhile: it stays the same, and another socket stands behind it.
    private void Take(SocketHandle moved, IPEndPoint local)
    {
        _ = LinuxSocketOpening.SetFragmenting(moved, _ipv6, _sender.Fragments);
        var errno = LinuxSocketOpening.Replace(_handle, moved);
        if (errno != 0)
        {
            throw LinuxErrors.Exception(errno);
        }

        _local = local;
    }

    // A socket without a mark needs no right to have none.
    private int TrySetMark(uint mark)
    {
        var errno = mark == _mark ? 0 : LinuxSocketOpening.Mark(_handle, mark);
        _mark = errno == 0 ? mark : _mark;
        return errno;
    }

    /// <summary>
    /// An entry whose error code some send has taken keeps the descriptor ready although nothing is to be received: looked for when a receive
    /// found nothing, at most once a millisecond, as busy polling finds nothing most of the time.
    /// </summary>
    private void TakeErrorsOfIdle()
    {
        var now = Environment.TickCount64;
        if (now != _errorsTakenAt)
        {
            _errorsTakenAt = now;
            TakeErrors();
        }
    }

    private bool Coalesces()
    {
        var errno = LinuxSocketOpening.Coalesce(_handle);
        if (errno != 0)
        {
            UdpStageLog.CoalescingRefused(_context.Logger, Marshal.GetPInvokeErrorMessage(errno));
        }

        return errno == 0;
    }
}
