using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Paths;

/// <summary>The parts of an inner packet that cryptokey routing needs: its addresses and its true length.</summary>
internal readonly ref struct InnerPacket
{
    private InnerPacket(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, int length, bool isTruncated)
    {
        Source = source;
        Destination = destination;
        Length = length;
        IsTruncated = isTruncated;
    }

    /// <summary>4 or 16 bytes.</summary>
    public ReadOnlySpan<byte> Source { get; }

    /// <summary>4 or 16 bytes.</summary>
    public ReadOnlySpan<byte> Destination { get; }

    /// <summary>Bytes without padding.</summary>
    public int Length { get; }

    /// <summary>Whether the header claims more bytes than the packet has.</summary>
    public bool IsTruncated { get; }

    /// <summary>Reads the header of either version.</summary>
    public static bool TryParse(Span<byte> data, out InnerPacket packet)
    {
        if (Ipv4View.TryParse(data, out var ipv4))
        {
            packet = new InnerPacket(ipv4.Source, ipv4.Destination, ipv4.Packet.Length, ipv4.IsTruncated);
            return true;
        }

        if (Ipv6View.TryParse(data, out var ipv6))
        {
            packet = new InnerPacket(ipv6.Source, ipv6.Destination, ipv6.Packet.Length, ipv6.IsTruncated);
            return true;
        }

        packet = default;
        return false;
    }
}
