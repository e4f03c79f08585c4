using Culvert.Wire;

namespace Culvert.Endpoints;

/// <summary>
/// Writes the message that reports a packet as too large: ICMP "fragmentation needed" (RFC 792, RFC 1191 §4) or ICMPv6 "packet too big"
/// (RFC 4443 §3.2). It is sent from the address that the packet was for: the tunnel's own address would be taken for a forgery by the host
/// that owns it. Pure.
/// </summary>
public static class TooBigAnswer
{
    /// <summary>The length of the longest answer in bytes.</summary>
    public const int MaxLength = IcmpError.MaxLength;

    /// <summary>Writes the answer, if the packet may have one.</summary>
    /// <param name="packet">The packet that is too large, from its first byte; it may be cut.</param>
    /// <param name="mtu">The largest packet that fits, in bytes.</param>
    /// <param name="answer">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The answer's length in bytes; 0 when there must be none (<see cref="IcmpError.MayAnswer"/>).</returns>
    public static int Write(Span<byte> packet, int mtu, Span<byte> answer) =>
        IpView.TryParse(packet, out var ip) ? IcmpError.PacketTooBig(mtu).Write(ip, answer) : 0;
}
