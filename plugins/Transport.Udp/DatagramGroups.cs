using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>One datagram that waits to be sent.</summary>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Endpoint">Where to.</param>
/// <param name="MayFragment">Whether it goes without Don't Fragment.</param>
/// <param name="TrafficClass">Its DSCP and ECN.</param>
internal readonly record struct Datagram(int Length, DatagramEndpoint Endpoint, bool MayFragment = false, byte TrafficClass = 0);

/// <summary>
/// Which datagrams one segmented send may carry: consecutive ones to one endpoint and of one traffic class, all as long as the first, but for the last, which
/// may be shorter (the receiver could not tell where a shorter one in the middle ends). Consecutive only, so that order is kept.
/// </summary>
internal static class DatagramGroups
{
    /// <summary>The most payload of one send: 65,535 less an IPv4 header of 20 bytes and a UDP header of 8.</summary>
    public const int MaxBytes = 65_507;

    /// <summary>The number of waiting datagrams in the next send.</summary>
    /// <param name="waiting">In the order of sending; not empty.</param>
    /// <param name="maxSegments">1 switches grouping off.</param>
    /// <returns>1 to <paramref name="maxSegments"/>.</returns>
    public static int TakeFirst(ReadOnlySpan<Datagram> waiting, int maxSegments)
    {
        var segment = waiting[0].Length;
        var limit = Math.Min(waiting.Length, maxSegments);
        var bytes = segment;
        var count = 1;
        while (count < limit)
        {
            ref readonly var next = ref waiting[count];
            // An empty datagram leaves no trace in a byte stream that is cut into segments, so it goes alone.
            if (next.Length == 0 || next.Length > segment || bytes + next.Length > MaxBytes || next.Endpoint != waiting[0].Endpoint
                || next.TrafficClass != waiting[0].TrafficClass)
            {
                break;
            }

            bytes += next.Length;
            count++;
            if (next.Length < segment)
            {
                break;
            }
        }

        return count;
    }
}
