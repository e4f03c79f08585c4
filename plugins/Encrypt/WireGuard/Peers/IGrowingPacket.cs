using Culvert.Packets;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>A packet that grows in place, in a batch or leased: what sealing needs of both.</summary>
internal interface IGrowingPacket
{
    int Length { get; }

    Span<byte> Data { get; }

    /// <summary>Adds bytes of any content.</summary>
    /// <param name="front">Bytes before the packet.</param>
    /// <param name="back">Bytes behind it.</param>
    void Grow(int front, int back);
}

/// <summary>A packet of a batch.</summary>
internal readonly ref struct BatchedPacket(Packet packet) : IGrowingPacket
{
    private readonly Packet _packet = packet;

    public int Length => _packet.Length;

    public Span<byte> Data => _packet.Data;

    public void Grow(int front, int back)
    {
        _packet.Append(back);
        _packet.Prepend(front);
    }
}

/// <summary>A leased packet.</summary>
internal readonly struct LeasedPacket(PacketLease lease) : IGrowingPacket
{
    public int Length => lease.Length;

    public Span<byte> Data => lease.Data;

    public void Grow(int front, int back)
    {
        lease.Append(back);
        lease.Prepend(front);
    }
}
