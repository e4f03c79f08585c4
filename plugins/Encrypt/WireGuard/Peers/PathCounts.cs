using Culvert.Plugins.Encrypt.WireGuard.Probing;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>Counts of one peer's full-sized packets, one set for each lane: a loop writes its own, the service thread sums.</summary>
/// <param name="lanes">The number of lanes.</param>
internal sealed class PathCounts(int lanes)
{
    private readonly SizeCounts[] _sent = new SizeCounts[lanes];
    private readonly SizeCounts[] _received = new SizeCounts[lanes];

    /// <summary>Packets sent. Service thread.</summary>
    public SizeCounts Sent => Sum(_sent);

    /// <summary>Packets received. Service thread.</summary>
    public SizeCounts Received => Sum(_received);

    /// <summary>On a lane's outbound loop: counts a packet of so many bytes, padding included.</summary>
    public void NoteSent(int lane, int size)
    {
        var place = SizeCounts.ClassOf(size);
        if (place >= 0)
        {
            _sent[lane][place]++;
        }
    }

    /// <summary>On a lane's inbound loop.</summary>
    public void NoteReceived(int lane, int size)
    {
        var place = SizeCounts.ClassOf(size);
        if (place >= 0)
        {
            _received[lane][place]++;
        }
    }

    private static SizeCounts Sum(SizeCounts[] lanes)
    {
        var sum = default(SizeCounts);
        foreach (ref readonly var lane in lanes.AsSpan())
        {
            for (var place = 0; place < SizeCounts.Classes; place++)
            {
                sum[place] += lane[place];
            }
        }

        return sum;
    }
}
