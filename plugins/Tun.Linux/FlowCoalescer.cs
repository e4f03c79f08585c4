using Culvert.Packets;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// Sorts a batch into groups that are written as one super-packet each: consecutive packets of one flow, of equal size but the last.
/// Several flows may be mixed in a batch. Packets of one flow keep their order: a packet joins its flow's latest group or opens a new
/// one. Nothing waits for the next batch, no packet is changed, and nothing is allocated once the largest batch was seen.
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

    private SegmentGroup[] _groups = [];
    private ulong[] _hashes = [];
    private int[] _next = [];
    private int _count;

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
        Reserve(batch.Count);
        _count = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped)
            {
                Place(batch, i, packet.Data, offload);
            }
        }
    }

    private void Reserve(int count)
    {
        if (_groups.Length < count)
        {
            _groups = new SegmentGroup[count];
            _hashes = new ulong[count];
            _next = new int[count];
        }
    }

    private void Place(PacketBatch batch, int index, Span<byte> data, TunOffload offload)
    {
        if (!FlowPacket.TryParse(data, out var packet))
        {
            // No flow's packet: it keeps its place among the groups and no later packet looks for it. The hash 0 may be a flow's too;
            // then its first packet is looked at in vain.
            Open(index, 0, new SegmentGroup { IsClosed = true });
            return;
        }

        var hash = packet.FlowHash;
        var mayJoin = (packet.IsTcp ? offload.Tcp : offload.Udp) && packet.MayJoin(data.Length);
        var latest = FindLatest(batch, hash, packet);
        if (latest >= 0 && mayJoin && TryJoin(batch, ref _groups[latest], index, packet))
        {
            return;
        }

        Open(index, hash, new SegmentGroup
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

    private void Open(int index, ulong hash, SegmentGroup group)
    {
        (group.First, group.Last, group.Count) = (index, index, 1);
        _hashes[_count] = hash;
        _groups[_count++] = group;
    }

    /// <summary>The flow's latest group, or −1.</summary>
    private int FindLatest(PacketBatch batch, ulong hash, in FlowPacket packet)
    {
        var place = _count;
        while ((place = _hashes.AsSpan(0, place).LastIndexOf(hash)) >= 0)
        {
            if (FlowPacket.TryParse(batch[_groups[place].First].Data, out var first) && first.IsSameFlow(packet))
            {
                break;
            }
        }

        return place;
    }

    private bool TryJoin(PacketBatch batch, ref SegmentGroup group, int index, in FlowPacket packet)
    {
        if (group.IsClosed || packet.PayloadLength > group.Share || group.Length + packet.PayloadLength > MaxLength
            || group.Count == (group.IsTcp ? MaxSegments : MaxDatagrams))
        {
            return false;
        }

        FlowPacket.TryParse(batch[group.Last].Data, out var last);
        var step = group.IdentificationStep;
        if (!packet.Continues(last, ref step) || !IsFirstIntact(ref group, last) || !packet.IsIntact())
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

    /// <param name="group">The group.</param>
    /// <param name="last">Its last packet: while the first was not looked at, that is the first.</param>
    private static bool IsFirstIntact(ref SegmentGroup group, in FlowPacket last)
    {
        if (!group.IsVerified)
        {
            group.IsVerified = last.IsIntact();
            group.IsClosed = !group.IsVerified;
        }

        return group.IsVerified;
    }
}
