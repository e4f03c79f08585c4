using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>Hands a lane's inbound packets to the host. For the inbound thread only; allocates nothing.</summary>
internal sealed unsafe class TunSink(TunQueue queue, TunCounters counters)
{
    /// <summary>Writes every packet of a batch, in order. What the kernel does not take is dropped and counted.</summary>
    public void Write(PacketBatch batch)
    {
        var header = default(VirtioNet.Header);
        var parts = stackalloc Uio.IoVec[2];
        parts[0] = new Uio.IoVec { iov_base = &header, iov_len = VirtioNet.Header.Size };
        foreach (var packet in batch)
        {
            // A packet's memory is pinned by contract (batch slab, pool, or an endpoint's own pinned array).
            var data = packet.Data;
            parts[1] = new Uio.IoVec
            {
                iov_base = Unsafe.AsPointer(ref MemoryMarshal.GetReference(data)),
                iov_len = (nuint)data.Length,
            };
            var error = queue.Write(parts, 2);
            if (error != 0)
            {
                packet.Drop(ReasonFor(error));
            }
        }
    }

    private Counters.Counter ReasonFor(int error) => error is Errno.EIO or Errno.EBADFD ? counters.DeviceDown : counters.Refused;
}
