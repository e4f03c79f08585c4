using System.Runtime.InteropServices;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>A message that a buffer holds: one datagram, or several of one source that the system delivered together.</summary>
/// <param name="Buffer">Which buffer.</param>
/// <param name="Length">Bytes in all.</param>
/// <param name="Segment">The length of each datagram but the last, which may be shorter; the whole length for a single one.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="TrafficClass">Its DSCP and ECN.</param>
/// <param name="Overflow">The messages that the socket's buffer had no room for before this one, since the socket was opened.</param>
internal readonly record struct ReceivedMessage(int Buffer, int Length, int Segment, DatagramEndpoint Source, byte TrafficClass = 0, uint Overflow = 0)
{
    /// <summary>The number of datagrams.</summary>
    public int Datagrams => Length == 0 ? 1 : (Length + Segment - 1) / Segment;
}

/// <summary>
/// Pinned buffers, each large enough for whatever one receive delivers, and the cutting of messages into the packets of a batch: in
/// place, or as a copy where stages above need more room around a packet than lies between two segments. Belongs to the thread that
/// receives. A buffer that lies in a batch must not be received into before the batch has been cleared.
/// </summary>
internal sealed class ReceiveBuffers
{
    /// <summary>Bytes that one receive may deliver: more than any datagram, or any coalesced message on Linux and Windows.</summary>
    public const int Size = 65_536;

    private readonly PacketRoom _room;
    private readonly InboundGate _gate;
    private readonly UdpCounters _counters;
    private readonly byte[] _memory;
    private readonly int _stride;

    public ReceiveBuffers(int count, PacketRoom room, InboundGate gate, UdpCounters counters)
    {
        (_gate, _counters) = (gate, counters);
        _room = room with { Size = Size };
        // The same stride as everywhere: whole buffers apart, but never a multiple of the page. Pages come as they are first written,
        // so a path without coalescing uses one page of each buffer.
        _stride = _room.Stride;
        _memory = GC.AllocateUninitializedArray<byte>(count * _stride, pinned: true);
    }

    /// <summary>The receive buffer: <see cref="Size"/> bytes, pinned for the life of this object.</summary>
    public nint Address(int buffer) => Marshal.UnsafeAddrOfPinnedArrayElement(_memory, Start(buffer));

    /// <summary>The same as a span.</summary>
    public Span<byte> Span(int buffer) => _memory.AsSpan(Start(buffer), Size);

    /// <summary>Judges a message before its first datagram is handed out; a refusal is counted.</summary>
    public bool Admits(PacketFiller filler, in ReceivedMessage message)
    {
        if (message.Datagrams > 1)
        {
            _counters.Coalesced.Add(message.Datagrams);
        }

        return _gate.AdmitsSource(filler, message.Source, message.Datagrams);
    }

    /// <summary>Adds a message's datagrams to the batch until that is full.</summary>
    /// <param name="filler">The filler.</param>
    /// <param name="message">An admitted message.</param>
    /// <param name="offset">Where the next datagram begins; 0 at first.</param>
    /// <returns>True when all have been handed out; false when the rest has to wait for the next filler.</returns>
    public bool HandOut(PacketFiller filler, in ReceivedMessage message, ref int offset)
    {
        do
        {
            if (filler.IsFull)
            {
                return false;
            }

            var size = Math.Min(message.Segment, message.Length - offset);
            if (_gate.AdmitsLength(filler, size))
            {
                Add(filler, in message, offset, size);
            }

            offset += size;
        }
        while (offset < message.Length);
        return true;
    }

    private int Start(int buffer) => (buffer * _stride) + _room.Headroom;

    private void Add(PacketFiller filler, in ReceivedMessage message, int offset, int size)
    {
        var start = Start(message.Buffer) + offset;
        if (size == message.Length)
        {
            var home = message.Buffer * _stride;
            var packet = filler.AddForeign(_memory, home, start, size, home + _room.Total);
            (packet.Endpoint, packet.TrafficClass) = (message.Source, message.TrafficClass);
        }
        else if (_room.Headroom == 0 && _room.Tailroom == 0)
        {
            var packet = filler.AddForeign(_memory, start, start, size, start + size);
            (packet.Endpoint, packet.TrafficClass) = (message.Source, message.TrafficClass);
        }
        else if (size > filler.Room.Size)
        {
            filler.Refuse(_counters.Oversized);
        }
        else
        {
            // A stage above prepends or appends, and between two segments there is no room: the one case that needs a copy.
            var packet = filler.Add(size);
            _memory.AsSpan(start, size).CopyTo(packet.Data);
            (packet.Endpoint, packet.TrafficClass) = (message.Source, message.TrafficClass);
        }
    }
}
