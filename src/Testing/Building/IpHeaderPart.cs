using Culvert.Wire;

namespace Culvert.Testing.Building;

/// <summary>The IP header of a packet that is built; length and checksum may be wrong on demand.</summary>
internal sealed class IpHeaderPart(byte[] source, byte[] destination)
{
    private const int Ipv4VersionBits = 0x40;

    public bool IsIpv4 { get; } = source.Length == Ipv4View.AddressLength;

    public byte[] Source => source;

    public byte[] Destination => destination;

    public byte TrafficClass { get; set; }

    public byte HopLimit { get; set; } = 64;

    public ushort Identification { get; set; }

    public bool DontFragment { get; set; }

    public bool MoreFragments { get; set; }

    public int FragmentOffset { get; set; }

    public uint FlowLabel { get; set; }

    /// <summary>IPv4 options, padded.</summary>
    public byte[] Options { get; set; } = [];

    /// <summary>A Total Length or Payload Length instead of the right one.</summary>
    public int? Length { get; set; }

    /// <summary>An IPv4 header checksum instead of the right one.</summary>
    public ushort? Checksum { get; set; }

    /// <summary>Returns a packet of header and upper layer, with the right length.</summary>
    /// <param name="upper">What follows the header and its options.</param>
    /// <param name="next">The number of the first header in it.</param>
    public byte[] Build(byte[] upper, IpProtocol next) => IsIpv4 ? BuildIpv4([.. Options, .. upper], next) : BuildIpv6(upper, next);

    /// <summary>Writes the checksum, and what the test wants to be wrong, into a packet that is otherwise complete.</summary>
    public void Finish(byte[] packet)
    {
        if (!IsIpv4)
        {
            Ipv6View.TryParse(packet, out var ipv6);
            ipv6.SetRawPayloadLength((ushort)(Length ?? ipv6.PayloadLength));
            return;
        }

        Ipv4View.TryParse(packet, out var ipv4);
        ipv4.FillHeaderChecksum();
        var checksum = Length is { } length ? InternetChecksum.Update16(ipv4.HeaderChecksum, ipv4.TotalLength, (ushort)length) : ipv4.HeaderChecksum;
        ipv4.SetRawTotalLength((ushort)(Length ?? ipv4.TotalLength));
        ipv4.HeaderChecksum = Checksum ?? checksum;
    }

    private byte[] BuildIpv4(byte[] payload, IpProtocol next)
    {
        var packet = new byte[Ipv4View.MinimumHeaderLength + payload.Length];
        Ipv4View.Write(packet, source, destination, next, payload.Length, HopLimit, TrafficClass, Identification, DontFragment);
        payload.CopyTo(packet, Ipv4View.MinimumHeaderLength);
        packet[0] = (byte)(Ipv4VersionBits | ((Ipv4View.MinimumHeaderLength + Options.Length) / sizeof(uint)));
        if (!Ipv4View.TryParse(packet, out var view))
        {
            throw new InvalidOperationException("The IPv4 options do not fit a header.");
        }

        view.MoreFragments = MoreFragments;
        view.FragmentOffset = FragmentOffset;
        return packet;
    }

    private byte[] BuildIpv6(byte[] upper, IpProtocol next)
    {
        var packet = new byte[Ipv6View.HeaderLength + upper.Length];
        Ipv6View.Write(packet, source, destination, next, upper.Length, HopLimit, TrafficClass, FlowLabel);
        upper.CopyTo(packet, Ipv6View.HeaderLength);
        return packet;
    }
}
