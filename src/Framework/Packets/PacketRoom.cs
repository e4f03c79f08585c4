namespace Culvert.Packets;

/// <summary>
/// The room of a packet slot in bytes, planned by the host from every stage's declared shape: an endpoint that fills packets leaves at
/// least <paramref name="Headroom"/> in front and <paramref name="Tailroom"/> behind.
/// </summary>
/// <param name="Headroom">Bytes in front of the packet for headers that stages write later.</param>
/// <param name="Size">The largest packet, in bytes, that an endpoint puts into a slot.</param>
/// <param name="Tailroom">Bytes behind the packet for tags and padding.</param>
public readonly record struct PacketRoom(int Headroom, int Size, int Tailroom)
{
    private const int CacheLine = 64;

    /// <summary>Headroom, size and tailroom together.</summary>
    public int Total => Headroom + Size + Tailroom;

    /// <summary>
    /// The distance between slots: whole cache lines, and an odd number of them. A stride that is a multiple of 2048 puts every header
    /// into the same sets of the L1 cache, which measured four times slower than 2112.
    /// </summary>
    public int Stride
    {
        get
        {
            var lines = (Total + CacheLine - 1) / CacheLine;
            return (lines | 1) * CacheLine;
        }
    }
}
