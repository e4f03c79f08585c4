using Culvert.Wire;

namespace Culvert.Host.Demo;

/// <summary>How many captured packets had all their checksums right.</summary>
internal sealed record ChecksumTally(int Valid, int Bad)
{
    public int Judged => Valid + Bad;

    /// <summary>Judges the packets that came from the device; those that the kernel sends may still lack their checksum.</summary>
    public static ChecksumTally Of(IEnumerable<CapturedPacket> packets)
    {
        var (valid, bad) = (0, 0);
        foreach (var packet in packets)
        {
            if (!packet.IsOutgoing && IpView.TryParse(packet.Bytes, out var ip) && ip.Protocol == IpProtocol.Tcp && ip.IsTransportWhole)
            {
                var holds = InternetChecksum.IsValid(ip.Transport, ip.PseudoHeaderSum())
                    && (!Ipv4View.TryParse(packet.Bytes, out var v4) || v4.IsHeaderChecksumValid);
                (valid, bad) = holds ? (valid + 1, bad) : (valid, bad + 1);
            }
        }

        return new ChecksumTally(valid, bad);
    }

    public static ChecksumTally operator +(ChecksumTally left, ChecksumTally right) =>
        new(left.Valid + right.Valid, left.Bad + right.Bad);
}
