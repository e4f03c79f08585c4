using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Algorithms;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// What a lane receives from the host. For one batch:
/// <list type="number">
/// <item>continue with a super-packet that the last batch had no room for;</item>
/// <item>read, without waiting, until the batch is full or nothing is left;</item>
/// <item>of each read: complete the checksum, or split, into the batch's slots; answer what is too big.</item>
/// </list>
/// For the outbound thread only; nothing is allocated after construction.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class TunSource
{
    /// <summary>The largest that a read gives: a super-packet of 64 KiB with IPv6's header outside of the count, and its virtio header.</summary>
    private const int BufferSize = VirtioNet.Header.Size + 65536 + 40;

    /// <summary>Bounds one batch's reads where none of them gives a packet.</summary>
    private const int MostReads = 512;

    private const int AnswersPerSecond = 100;

    private readonly TunQueue _queue;
    private readonly IEndpointContext _context;
    private readonly TunCounters _counters;
    private readonly TokenBucket _answers;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(TooBigAnswer.MaxLength, pinned: true);
    private readonly byte* _start;
    private SuperPacket _super;
    private int _length;
    private int _next;
    private int _count;

    public TunSource(TunQueue queue, IEndpointContext context, TunCounters counters)
    {
        (_queue, _context, _counters) = (queue, context, counters);
        _answers = new TokenBucket(context.Time, rate: AnswersPerSecond, burst: AnswersPerSecond);
        // The array is pinned for its life, and this object keeps it.
        _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_buffer));
    }

    /// <inheritdoc cref="IPacketEndpoint.Receive"/>
    public void Receive(PacketFiller filler)
    {
        var limit = Math.Min(_context.Mtu, filler.Room.Size);
        Split(filler);
        for (var reads = 0; reads < MostReads && !filler.IsFull; reads++)
        {
            var read = _queue.Read(_start, BufferSize);
            if (read == 0)
            {
                return;
            }

            if (read > VirtioNet.Header.Size)
            {
                Take(filler, read - VirtioNet.Header.Size, limit);
            }
        }
    }

    private void Take(PacketFiller filler, int length, int limit)
    {
        var header = Unsafe.ReadUnaligned<VirtioNet.Header>(_start);
        var packet = _buffer.AsSpan(VirtioNet.Header.Size, length);
        if (header.gso_type == VirtioNet.VIRTIO_NET_HDR_GSO_NONE)
        {
            TakePacket(filler, header, packet, limit);
        }
        else
        {
            TakeSuperPacket(filler, header, packet, limit);
        }
    }

    private void TakePacket(PacketFiller filler, in VirtioNet.Header header, Span<byte> packet, int limit)
    {
        if (packet.Length > limit)
        {
            AnswerTooBig(filler, packet, limit, 1);
        }
        else if (!PartialChecksum.TryComplete(header, packet))
        {
            filler.Refuse(_counters.Malformed);
        }
        else
        {
            packet.CopyTo(filler.FreeSlot(0));
            filler.Add(packet.Length);
        }
    }

    private void TakeSuperPacket(PacketFiller filler, in VirtioNet.Header header, Span<byte> packet, int limit)
    {
        if (!SuperPacket.TryParse(header, packet, out var super))
        {
            filler.Refuse(_counters.Malformed);
        }
        else if (super.LargestPacket > limit)
        {
            AnswerTooBig(filler, packet, limit, super.Count);
        }
        else
        {
            (_super, _length, _next, _count) = (super, packet.Length, 0, super.Count);
            _counters.Split.Increment();
            Split(filler);
        }
    }

    private void Split(PacketFiller filler)
    {
        var packet = _buffer.AsSpan(VirtioNet.Header.Size, _length);
        while (_next < _count && !filler.IsFull)
        {
            filler.Add(_super.Write(packet, _next, filler.FreeSlot(0)));
            _next++;
        }
    }

    private void AnswerTooBig(PacketFiller filler, Span<byte> packet, int limit, int count)
    {
        filler.Refuse(_counters.TooBig, count);
        if (!_answers.TryTake())
        {
            return;
        }

        var length = TooBigAnswer.Write(packet, limit, _scratch);
        if (length == 0)
        {
            return;
        }

        var header = default(VirtioNet.Header);
        var parts = stackalloc Uio.IoVec[2];
        parts[0] = new Uio.IoVec { iov_base = &header, iov_len = VirtioNet.Header.Size };
        parts[1] = new Uio.IoVec
        {
            iov_base = Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_scratch)),
            iov_len = (nuint)length,
        };
        if (_queue.Write(parts, 2) == 0)
        {
            _counters.TooBigAnswers.Increment();
        }
    }
}
