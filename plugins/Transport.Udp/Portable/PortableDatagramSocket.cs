using System.Net;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>
/// The plain twin on the base library's sockets, for systems without an implementation of their own: the same behaviour, one datagram
/// at a time.
/// </summary>
internal sealed class PortableDatagramSocket : IDatagramSocket
{
    private const int LargestDatagram = 65_536;
    private const int PollForever = -1;

    private readonly IStageContext _context;
    private readonly UdpCounters _counters;
    private readonly InboundGate _gate;
    private readonly bool _ipv6;
    private readonly SelfWaker _waker;
    private readonly LogLimit _refusals;
    private readonly SocketAddress _target;
    private readonly SocketAddress _source;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(LargestDatagram, pinned: true);

    public PortableDatagramSocket(UdpOptions options, IStageContext context, UdpCounters counters, InboundGate gate)
    {
        (_context, _counters, _gate) = (context, counters, gate);
        _refusals = new LogLimit(context.Time);
        _ipv6 = options.Listen.AddressFamily == AddressFamily.InterNetworkV6;
        Socket = PortableSocketOpening.Open(options);
        try
        {
            Local = (IPEndPoint)Socket.LocalEndPoint!;
            _waker = new SelfWaker(Local);
        }
        catch
        {
            Socket.Dispose();
            throw;
        }

        _target = new SocketAddress(Local.AddressFamily);
        _source = new SocketAddress(Local.AddressFamily);
    }

    public IPEndPoint Local { get; }

    public string SendOffload => "none";

    public string ReceiveOffload => "none";

    private Socket Socket { get; }

    public void Send(PacketBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped)
            {
                SendOne(packet);
            }
        }
    }

    public void Receive(PacketBatch batch)
    {
        // The first wait may last, the later ones only ask whether there is more.
        for (var wait = PollForever; !batch.IsFull && Socket.Poll(wait, SelectMode.SelectRead); wait = 0)
        {
            if (!ReceiveOne(batch))
            {
                return;
            }
        }
    }

    public void Wake() => _waker.Set();

    public void Dispose()
    {
        _waker.Dispose();
        Socket.Dispose();
    }

    private void SendOne(Packet packet)
    {
        var endpoint = packet.Endpoint;
        if (!SocketAddressBytes.Reaches(_ipv6, endpoint))
        {
            packet.Drop(_counters.WrongFamily);
            return;
        }

        SocketAddressBytes.Write(_target.Buffer.Span, _ipv6, endpoint);
        try
        {
            _counters.SendCalls.Increment();
            Socket.SendTo(packet.Data, SocketFlags.None, _target);
        }
        catch (SocketException e)
        {
            packet.Drop(_counters.For(SocketErrors.Classify(e.SocketErrorCode)));
            if (_refusals.Allows())
            {
                UdpStageLog.Refused(_context.Logger, packet.Length, endpoint, e.Message);
            }
        }
    }

    /// <summary>Receives one datagram that is there.</summary>
    /// <returns>False when the caller is to return: it was woken.</returns>
    private bool ReceiveOne(PacketBatch batch)
    {
        int length;
        try
        {
            length = Socket.ReceiveFrom(_buffer, SocketFlags.None, _source);
            _counters.ReceiveCalls.Increment();
        }
        catch (SocketException e) when (SocketErrors.IsPassing(e.SocketErrorCode))
        {
            _counters.Refused.Increment();
            return true;
        }
        catch (SocketException e)
        {
            throw new EndpointLostException($"UDP {Local}: {e.Message}", e);
        }

        var source = SocketAddressBytes.Read(_source.Buffer.Span, _ipv6);
        if (length == 0 && source == _waker.Source)
        {
            _waker.Clear();
            return false;
        }

        if (_gate.AdmitsSource(source, 1) && _gate.AdmitsLength(length))
        {
            AddCopy(batch, length, source);
        }

        return true;
    }

    private void AddCopy(PacketBatch batch, int length, in NetworkEndpoint source)
    {
        if (length > batch.Room.Size)
        {
            _counters.Oversized.Increment();
            return;
        }

        // Copied, because the slot is smaller than the largest datagram: receiving into it would cut what does not fit.
        var packet = batch.Add(length);
        _buffer.AsSpan(0, length).CopyTo(packet.Data);
        packet.Endpoint = source;
    }
}
