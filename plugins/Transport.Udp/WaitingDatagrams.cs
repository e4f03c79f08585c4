using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>
/// The packets of a batch that a sender works on at a time: where each lies, how long it is and where it goes. Belongs to the thread that
/// sends.
/// </summary>
/// <param name="ipv6Socket">The socket's family; packets that it cannot send to their endpoint are dropped.</param>
/// <param name="counters">Where drops are counted.</param>
internal sealed unsafe class WaitingDatagrams(bool ipv6Socket, UdpCounters counters)
{
    /// <summary>The most packets at a time.</summary>
    public const int Capacity = 128;

    private readonly Datagram[] _waiting = new Datagram[Capacity];
    private readonly nint[] _addresses = new nint[Capacity];
    private readonly int[] _places = new int[Capacity];

    /// <summary>The number of datagrams.</summary>
    public int Count { get; private set; }

    /// <summary>One of them.</summary>
    public ref readonly Datagram this[int index] => ref _waiting[index];

    /// <summary>The memory of one datagram, valid until the batch is cleared.</summary>
    public byte* Address(int index) => (byte*)_addresses[index];

    /// <summary>The number of datagrams, from one on, that may share a send.</summary>
    public int Group(int first, int maxSegments) => DatagramGroups.TakeFirst(_waiting.AsSpan(first, Count - first), maxSegments);

    /// <summary>Takes the next packets of a batch in place of those before.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="next">The first packet to look at.</param>
    /// <param name="fragmentAbove">Datagrams of more bytes may be fragmented, as well as those that say so.</param>
    /// <returns>The first packet that was not looked at.</returns>
    public int Collect(PacketBatch batch, int next, int fragmentAbove = int.MaxValue)
    {
        Count = 0;
        for (; next < batch.Count && Count < Capacity; next++)
        {
            var packet = batch[next];
            if (packet.IsDropped)
            {
                continue;
            }

            var endpoint = packet.Endpoint;
            if (!SocketAddressBytes.Reaches(ipv6Socket, endpoint))
            {
                packet.Drop(counters.WrongFamily);
                continue;
            }

            // Packets lie on the pinned heap (PacketBatch and PacketPool promise it), so the address holds until the batch is cleared.
            _addresses[Count] = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(packet.Data));
            _places[Count] = next;
            _waiting[Count++] = new Datagram(packet.Length, endpoint, packet.MayFragment || packet.Length > fragmentAbove, packet.TrafficClass);
        }

        return next;
    }

    /// <summary>Sends the datagrams from <paramref name="first"/> up to <paramref name="last"/> from whatever address the route gives.</summary>
    public void ForgetLocal(int first, int last)
    {
        for (var i = first; i < last; i++)
        {
            _waiting[i] = _waiting[i] with { Endpoint = _waiting[i].Endpoint.Remote };
        }
    }

    /// <summary>Drops those from <paramref name="first"/> up to <paramref name="last"/>, which is not among them.</summary>
    public void Drop(PacketBatch batch, int first, int last, SendFailure failure)
    {
        for (var i = first; i < last; i++)
        {
            batch[_places[i]].Drop(counters.For(failure));
        }
    }
}
