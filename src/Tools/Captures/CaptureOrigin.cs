using Culvert.Wire;

namespace Culvert.Tools.Captures;

/// <summary>
/// Recognizes packets that were captured on the host that sends them, before its network card did its part: they are not what went over the wire.
/// Pure; no bytes make it throw.
/// </summary>
internal static class CaptureOrigin
{
    private const int MinEthernetPayload = 46;
    private const int VersionShift = 4;

    /// <summary>
    /// Whether the IP header leaves the length to segmentation, which comes later: 0 in front of more bytes than Ethernet's padding explains
    /// (IPv4 total length, IPv6 payload length).
    /// </summary>
    public static bool IsUnsegmented(ReadOnlySpan<byte> packet)
    {
        const int ipv4Length = 2;
        const int ipv6Length = 4;
        return packet.Length > MinEthernetPayload && (packet[0] >> VersionShift) switch
        {
            4 => (packet[ipv4Length] | packet[ipv4Length + 1]) == 0,
            6 => (packet[ipv6Length] | packet[ipv6Length + 1]) == 0,
            _ => false,
        };
    }

    /// <summary>Whether a wrong transport checksum is the sum of the pseudo-header alone, which a sender leaves for its card to complete.</summary>
    public static bool HasPartialChecksum(Span<byte> packet) =>
        IpView.TryParse(packet, out var ip) && PacketChecksums.JudgeTransport(ip) is { Verdict: ChecksumVerdict.Bad } finding
        && finding.Found == InternetChecksum.Fold(ip.PseudoHeaderSum());
}
