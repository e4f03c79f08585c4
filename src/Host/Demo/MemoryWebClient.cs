using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Culvert.Packets;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>
/// The monitor of the demo without a network: the other end of <see cref="MemoryWebServer"/>. One request at a time, each on a fresh
/// connection. A segment that is missing is not asked for again: it is a failure.
/// </summary>
internal sealed class MemoryWebClient
{
    private const int AcknowledgeEvery = 16;
    private const ushort FirstPort = 40_000;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(45);

    private readonly MemoryEndpoint _link;
    private readonly ushort _mss;
    private readonly List<CapturedPacket> _received = [];
    private Request? _request;
    private ushort _port = FirstPort;

    /// <param name="link">The monitor's host end; what comes out of it goes to the client.</param>
    /// <param name="mtu">The MTU of its tunnel device.</param>
    public MemoryWebClient(MemoryEndpoint link, int mtu)
    {
        _link = link;
        _mss = (ushort)(mtu - 40);
        link.Sink = Receive;
    }

    /// <summary>True while what is received is kept for a look.</summary>
    public bool Keeps { get; set; }

    /// <summary>How many segments arrived with a bad checksum.</summary>
    public long BadChecksums { get; private set; }

    /// <summary>What was received while <see cref="Keeps"/> was set.</summary>
    public IReadOnlyList<CapturedPacket> Received
    {
        get { lock (_received) { return [.. _received]; } }
    }

    /// <summary>Gets something from the server.</summary>
    /// <param name="target">The path.</param>
    /// <param name="length">How long it is, in bytes.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Download> GetAsync(string target, long length, CancellationToken cancel)
    {
        using var request = new Request(++_port, target, length);
        Volatile.Write(ref _request, request);
        _link.Inject(Segment(request, TcpFlags.Syn).Mss(_mss).SackPermitted().Timestamps((uint)Environment.TickCount, 0).Nop()
            .WindowScale(7).Build());
        return await request.Done.Task.WaitAsync(_limit, cancel);
    }

    private void Receive(ReadOnlySpan<byte> packet, DatagramEndpoint from)
    {
        var bytes = packet.ToArray();
        if (Keeps)
        {
            lock (_received)
            {
                _received.Add(new CapturedPacket(IsOutgoing: false, bytes));
            }
        }

        if (!IpView.TryParse(bytes, out var ip) || !TcpView.TryParse(ip.Transport, out var segment)
            || Volatile.Read(ref _request) is not { } request || segment.DestinationPort != request.Port)
        {
            return;
        }

        if (!segment.IsChecksumValid(ip.PseudoHeaderSum()))
        {
            BadChecksums++;
        }
        else if (segment.IsSyn)
        {
            Ask(request, segment);
        }
        else
        {
            Take(request, segment);
        }
    }

    private void Ask(Request request, TcpView synAck)
    {
        request.Next = synAck.Sequence + 1;
        request.Sequence++;
        var text = Encoding.ASCII.GetBytes($"GET {request.Target} HTTP/1.1\r\nHost: {DemoNetwork.WebAddress}\r\n\r\n");
        _link.Inject(Segment(request, TcpFlags.Ack | TcpFlags.Psh).Payload(text).Build());
        request.Sequence += (uint)text.Length;
    }

    private void Take(Request request, TcpView segment)
    {
        if (segment.Sequence != request.Next)
        {
            request.Done.TrySetException(new DemoException($"segment {segment.Sequence} came where {request.Next} was due"));
            return;
        }

        request.Take(segment.Payload);
        if (request.IsComplete || request.Segments % AcknowledgeEvery == 0)
        {
            _link.Inject(Segment(request, TcpFlags.Ack).Build());
        }

        if (request.IsComplete)
        {
            request.Finish();
        }
    }

    private static PacketBuilder Segment(Request request, TcpFlags flags) =>
        PacketBuilder.Ip(DemoNetwork.MonitorTunnelAddress, DemoNetwork.WebAddress)
            .DontFragment().Tcp(request.Port, MemoryWebServer.Port, flags).Sequence(request.Sequence, request.Next);

    private sealed class Request(ushort port, string target, long length) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly long _began = Stopwatch.GetTimestamp();
        private long _bytes;

        public ushort Port => port;

        public string Target => target;

        public uint Sequence { get; set; } = (uint)Random.Shared.Next();

        /// <summary>The sequence number that is due next.</summary>
        public uint Next { get; set; }

        public int Segments { get; private set; }

        public bool IsComplete => _bytes >= length;

        public TaskCompletionSource<Download> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Take(ReadOnlySpan<byte> payload)
        {
            _hash.AppendData(payload);
            _bytes += payload.Length;
            Next += (uint)payload.Length;
            Segments++;
        }

        public void Finish() => Done.TrySetResult(
            new Download(_bytes, Convert.ToHexStringLower(_hash.GetHashAndReset()), Stopwatch.GetElapsedTime(_began)));

        public void Dispose() => _hash.Dispose();
    }
}
