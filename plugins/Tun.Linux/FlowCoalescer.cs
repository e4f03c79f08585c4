using Culvert.Packets;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// Sorts a batch into groups that are written as one super-packet each: consecutive packets of one flow, of equal size but the last.
/// Several flows may be mixed in a batch. Packets of one flow keep their order: a packet joins its flow's latest group or opens a new
/// one. Nothing waits for the next batch, no packet is changed, and nothing is allocated once a batch of that capacity was seen.
/// Not thread-safe. Pure but for its tables.
/// </summary>
internal sealed class FlowCoalescer
{
    /// <summary>The longest super-packet in bytes: what IPv4's total length can say.</summary>
    public const int MaxLength = ushort.MaxValue;

    /// <summary>The most datagrams in one: UDP_MAX_SEGMENTS of the kernels that know USO first (linux/udp.h).</summary>
    public const int MaxDatagrams = 64;

    /// <summary>The most TCP segments in one: what a gather list holds beside the two headers.</summary>
    public const int MaxSegments = Uio.IOV_MAX - 2;

    private FlowPacket[] _packets = [];
    private SegmentGroup[] _groups = [];
    private ulong[] _hashes = [];
    private int[] _next = [];
    private int _count;

    /// <summary>The group of the packet before: mostly also the next one's, which saves the search.</summary>
    private int _latest;

    /// <summary>The groups that the last call of <see cref="Sort"/> made, in the order to write them.</summary>
    public ReadOnlySpan<SegmentGroup> Groups => _groups.AsSpan(0, _count);

    /// <summary>The place in the batch of the packet that follows another in its group.</summary>
    /// <param name="index">A packet's place that is not its group's last.</param>
    public int Next(int index) => _next[index];

    /// <summary>Sorts a batch. Dropped packets belong to no group.</summary>
    /// <param name="batch">The packets.</param>
    /// <param name="offload">Which protocols may be coalesced.</param>
    public void Sort(PacketBatch batch, TunOffload offload)
    {
        Reserve(batch.Capacity);
        _count = 0;
        _latest = -1;
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped)
            {
                Place(batch, i, packet.Data, offload);
            }
        }
    }

    private void Reserve(int capacity)
    {
        if (_groups.Length < capacity)
        {
            _packets = new FlowPacket[capacity];
            _groups = new SegmentGroup[capacity];
            _hashes = new ulong[capacity];
            _next = new int[capacity];
        }
    }

    private void Place(PacketBatch batch, int index, Span<byte> data, TunOffload offload)
    {
        ref var packet = ref _packets[index];
        if (!FlowPacket.TryRead(data, out packet))
        {
            // No flow's packet: it keeps its place among the groups, and nothing joins it.
            packet = default;
            _latest = Open(index, 0, new SegmentGroup { IsClosed = true });
            return;
        }

        var mayJoin = packet.MayJoin && (packet.IsTcp ? offload.Tcp : offload.Udp);
        if (!IsFlowOf(_latest, batch, packet, data))
        {
            _latest = FindLatest(batch, packet, data);
        }

        if (_latest >= 0 && mayJoin && TryJoin(batch, ref _groups[_latest], index, data))
        {
            return;
        }

        _latest = Open(index, packet.FlowHash(data), new SegmentGroup
        {
            Share = packet.PayloadLength,
            Length = data.Length,
            HeaderLength = packet.HeaderLength,
            TransportOffset = packet.TransportOffset,
            IsIpv4 = packet.IsIpv4,
            IsTcp = packet.IsTcp,
            IsPush = packet.IsPush,
            IsClosed = !mayJoin || packet.IsPush,
        });
    }

    private int Open(int index, ulong hash, SegmentGroup group)
    {
        (group.First, group.Last, group.Count) = (index, index, 1);
        _hashes[_count] = hash;
        _groups[_count] = group;
        return _count++;
    }

    /// <summary>The flow's latest group, or −1.</summary>
    private int FindLatest(PacketBatch batch, in FlowPacket packet, ReadOnlySpan<byte> data)
    {
        var hash = packet.FlowHash(data);
        var place = _count;
        do
        {
            place = _hashes.AsSpan(0, place).LastIndexOf(hash);
        }
        while (place >= 0 && !IsFlowOf(place, batch, packet, data));
        return place;
    }

    /// <summary>Whether a group belongs to the packet's flow. A packet without a flow leaves its entry in the table empty.</summary>
    private bool IsFlowOf(int place, PacketBatch batch, in FlowPacket packet, ReadOnlySpan<byte> data)
    {
        if (place < 0)
        {
            return false;
        }

        var first = _groups[place].First;
        return _packets[first].HeaderLength > 0 && packet.IsSameFlow(data, _packets[first], batch[first].Data);
    }

    private bool TryJoin(PacketBatch batch, ref SegmentGroup group, int index, ReadOnlySpan<byte> data)
    {
        ref readonly var packet = ref _packets[index];
        if (group.IsClosed || packet.PayloadLength > group.Share || group.Length + packet.PayloadLength > MaxLength
            || group.Count == (group.IsTcp ? MaxSegments : MaxDatagrams))
        {
            return false;
        }

        var step = group.IdentificationStep;
        if (!packet.Continues(data, _packets[group.Last], batch[group.Last].Data, ref step)
            || !IsFirstIntact(batch, ref group) || !packet.IsIntact(data))
        {
            return false;
        }

        _next[group.Last] = index;
        group.Last = index;
        group.Count++;
        group.Length += packet.PayloadLength;
        group.IdentificationStep = step;
        group.IsPush = packet.IsPush;
        group.IsClosed = packet.IsPush || packet.PayloadLength < group.Share;
        return true;
    }

    private bool IsFirstIntact(PacketBatch batch, ref SegmentGroup group)
    {
        if (!group.IsVerified)
        {
            group.IsVerified = _packets[group.First].IsIntact(batch[group.First].Data);
            group.IsClosed = !group.IsVerified;
        }

        return group.IsVerified;
    }
}
