using System.Globalization;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Testing;

namespace Tun.Linux.Tests;

/// <summary>Runs the coalescer over packets and keeps what it would write.</summary>
internal sealed class Coalescing
{
    public static readonly TunOffload Everything = new(Tcp: true, Udp: true);

    private readonly FlowCoalescer _coalescer = new();
    private PacketBatch? _batch;

    /// <summary>The groups as the places of their packets: <c>0+2 1</c>.</summary>
    public string Sort(IReadOnlyList<byte[]> packets, TunOffload? offload = null)
    {
        Fill(packets);
        _coalescer.Sort(_batch!, offload ?? Everything);
        return string.Join(' ', Groups.Select(group => string.Join('+', group.Select(i => i.ToString(CultureInfo.InvariantCulture)))));
    }

    /// <summary>The groups' packets, by place.</summary>
    public IReadOnlyList<int[]> Groups
    {
        get
        {
            var groups = new List<int[]>();
            foreach (var group in _coalescer.Groups)
            {
                var places = new int[group.Count];
                var place = group.First;
                for (var i = 0; i < group.Count; i++)
                {
                    places[i] = place;
                    place = i + 1 < group.Count ? _coalescer.Next(place) : place;
                }

                groups.Add(places);
            }

            return groups;
        }
    }

    public SegmentGroup Group(int index) => _coalescer.Groups[index];

    /// <summary>A group of two packets or more as one super-packet, with its virtio header.</summary>
    public byte[] Super(int index, out VirtioNet.Header header)
    {
        var group = _coalescer.Groups[index];
        var headers = new byte[SuperPacketHeader.MaxLength];
        SuperPacketHeader.Write(group, _batch![group.First].Data, out header, headers);
        return
        [
            .. headers[..group.HeaderLength],
            .. Groups[index].SelectMany(place => _batch[place].Data[group.HeaderLength..].ToArray()),
        ];
    }

    /// <summary>Makes the batch of packets without sorting it.</summary>
    public PacketBatch Fill(IReadOnlyList<byte[]> packets)
    {
        var room = new PacketRoom(0, Math.Max(64, packets.Max(packet => packet.Length)), 0);
        using var context = new TestStageContext();
        var batch = new TestBatch(context, Direction.Inbound, packets.Count, room);
        foreach (var packet in packets)
        {
            batch.Add(packet);
        }

        _batch = batch.Batch;
        return _batch;
    }
}
