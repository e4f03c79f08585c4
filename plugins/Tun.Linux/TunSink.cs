using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// Hands a lane's inbound packets to the host, as super-packets where packets of one flow follow each other: one write with a gather
/// list straight over the packets. For the inbound thread only; allocates nothing in steady state.
/// </summary>
internal sealed unsafe class TunSink
{
    private readonly IPacketWriter _writer;
    private readonly TunCounters _counters;
    private readonly ILogger _logger;
    private readonly FlowCoalescer _coalescer = new();
    private readonly byte[] _headers = GC.AllocateArray<byte>(SuperPacketHeader.MaxLength, pinned: true);
    private Uio.IoVec[] _parts = [];
    private readonly OffloadInForce _offload;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="offload">What the kernel takes as super-packets.</param>
    /// <param name="counters">The stage's counters.</param>
    /// <param name="logger">The stage's log.</param>
    public TunSink(IPacketWriter writer, OffloadInForce offload, TunCounters counters, ILogger logger) =>
        (_writer, _offload, _counters, _logger) = (writer, offload, counters, logger);

    /// <summary>Writes every packet of a batch. What the kernel does not take is dropped and counted.</summary>
    public void Write(PacketBatch batch)
    {
        Reserve(batch.Capacity);
        var offload = _offload.Current;
        if (offload == default)
        {
            foreach (var packet in batch)
            {
                WriteSingle(packet);
            }

            return;
        }

        _coalescer.Sort(batch, offload);
        foreach (ref readonly var group in _coalescer.Groups)
        {
            if (group.Count == 1)
            {
                WriteSingle(batch[group.First]);
            }
            else if (IsRefusedMeanwhile(group))
            {
                WriteApart(batch, group, error: 0);
            }
            else
            {
                WriteTogether(batch, group);
            }
        }
    }

    // The groups of this batch were sorted before the kernel refused the first of them.
    private bool IsRefusedMeanwhile(in SegmentGroup group) => group.IsTcp ? !_offload.Current.Tcp : !_offload.Current.Udp;

    private void Reserve(int capacity)
    {
        // Virtio header, headers, and one payload for each packet.
        var parts = Math.Min(capacity + 2, Uio.IOV_MAX);
        if (_parts.Length < parts)
        {
            _parts = GC.AllocateArray<Uio.IoVec>(parts, pinned: true);
        }
    }

    private void WriteSingle(Packet packet)
    {
        var header = default(VirtioNet.Header);
        var parts = stackalloc Uio.IoVec[2];
        parts[0] = Part(&header, VirtioNet.Header.Size);
        parts[1] = Part(packet.Data);
        var error = _writer.Write(parts, 2);
        if (error != 0)
        {
            packet.Drop(ReasonFor(error));
        }
    }

    private void WriteTogether(PacketBatch batch, in SegmentGroup group)
    {
        SuperPacketHeader.Write(group, batch[group.First].Data, out var header, _headers);
        var parts = (Uio.IoVec*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_parts));
        parts[0] = Part(&header, VirtioNet.Header.Size);
        parts[1] = Part(_headers.AsSpan(0, group.HeaderLength));
        var index = group.First;
        for (var i = 0; i < group.Count; i++)
        {
            parts[i + 2] = Part(batch[index].Data[group.HeaderLength..]);
            index = i + 1 < group.Count ? _coalescer.Next(index) : index;
        }

        var error = _writer.Write(parts, group.Count + 2);
        if (error == 0)
        {
            _counters.SuperPackets.Increment();
            _counters.Coalesced.Add(group.Count);
        }
        else
        {
            WriteApart(batch, group, error);
        }
    }

    /// <summary>The kernel did not take a super-packet: its packets are as they were, and go singly.</summary>
    private void WriteApart(PacketBatch batch, in SegmentGroup group, int error)
    {
        // The header is right by construction, so it is the kind that this kernel does not know: no use in trying again.
        if (error == Errno.EINVAL && _offload.TurnOff(group.IsTcp))
        {
            TunLog.OffloadRefused(
                _logger, _writer.Device, group.IsTcp ? "TCP super-packets for the host" : "UDP super-packets for the host", Errno.Text(error));
        }

        var index = group.First;
        for (var i = 0; i < group.Count; i++)
        {
            WriteSingle(batch[index]);
            index = i + 1 < group.Count ? _coalescer.Next(index) : index;
        }
    }

    private DropReason ReasonFor(int error) => error is Errno.EIO or Errno.EBADFD ? _counters.DeviceDown : _counters.Refused;

    /// <remarks>A packet's memory is pinned by contract: batch slab, pool, or an endpoint's own pinned array.</remarks>
    private static Uio.IoVec Part(Span<byte> pinned) =>
        Part(Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned)), pinned.Length);

    private static Uio.IoVec Part(void* start, int length) => new() { iov_base = start, iov_len = (nuint)length };
}
