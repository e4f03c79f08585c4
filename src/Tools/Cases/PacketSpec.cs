using System.Net;
using Culvert.Options;
using Culvert.Packets;

namespace Culvert.Tools.Cases;

/// <summary>A packet as a test writes it.</summary>
internal sealed record PacketSpec
{
    [Option("A TCP segment.", Example = "{from: 192.0.2.1:40000, to: 198.51.100.7:443, flags: S, mss: 1460}")]
    public TcpSpec? Tcp { get; init; }

    [Option("A UDP datagram.", Example = "{from: 192.0.2.1:40000, to: 198.51.100.7:53, payload: 40}")]
    public UdpSpec? Udp { get; init; }

    [Option("An ICMP or ICMPv6 message; an echo request unless it says otherwise.", Example = "{from: 192.0.2.1, to: 198.51.100.7}")]
    public IcmpSpec? Icmp { get; init; }

    [Option("Fields of the IP header, beside tcp, udp or icmp.", Example = "{ttl: 63, df: true}")]
    public IpSpec? Ip { get; init; }

    [Option("The whole packet in hexadecimal, from its IP header on.")]
    public HexBytes? Hex { get; init; }

    [Option("A capture, pcap or pcapng, that the packet is a frame of.", Example = "traffic.pcap")]
    public FilePath? Capture { get; init; }

    [Option("The frame's number in the capture.", Min = 1)]
    public long? Frame { get; init; }

    [Option("When it arrives, counted from the start of the test.", Default = "the same moment as the packet before it", Example = "2s")]
    public TimeSpan? At { get; init; }

    [Option("Which way it goes through the stages.", Default = "the test's")]
    public Direction? Direction { get; init; }
}

/// <summary>The IP header of a packet that is built.</summary>
internal sealed record IpSpec
{
    [Option("Time to live, or hop limit.", Min = 0, Max = 255)]
    public int Ttl { get; init; } = 64;

    [Option("The DSCP code point.", Min = 0, Max = 63)]
    public int Dscp { get; init; }

    [Option("The ECN bits.", Min = 0, Max = 3)]
    public int Ecn { get; init; }

    [Option("IPv4's identification.", Min = 0, Max = 65535)]
    public int Id { get; init; }

    [Option("IPv4's Don't Fragment flag.")]
    public bool Df { get; init; }

    [Option("Where the fragment starts, in bytes; makes the packet a fragment.", Min = 0, Max = 65528)]
    public int? FragmentOffset { get; init; }

    [Option("Whether more fragments follow; makes the packet a fragment.")]
    public bool Mf { get; init; }

    [Option("IPv4's header checksum instead of the right one.")]
    public ChecksumValue? Checksum { get; init; }
}

/// <summary>A TCP segment that is built. Its options come in the order mss, sack-permitted, timestamps, window-scale.</summary>
internal sealed record TcpSpec
{
    [Option("Source address and port.", Example = "192.0.2.1:40000")]
    public required IPEndPoint From { get; init; }

    [Option("Destination address and port.", Example = "198.51.100.7:443")]
    public required IPEndPoint To { get; init; }

    [Option("The control bits.")]
    public FlagsValue Flags { get; init; } = new(Wire.TcpFlags.Ack);

    [Option("Sequence number.", Min = 0, Max = uint.MaxValue)]
    public long Seq { get; init; } = 1;

    [Option("Acknowledgment number.", Min = 0, Max = uint.MaxValue)]
    public long Ack { get; init; }

    [Option("The window.", Min = 0, Max = 65535)]
    public int Window { get; init; } = ushort.MaxValue;

    [Option("A Maximum Segment Size option.", Min = 0, Max = 65535)]
    public int? Mss { get; init; }

    [Option("Adds a SACK-permitted option.")]
    public bool SackPermitted { get; init; }

    [Option("A Timestamps option: its value and its echo.", Example = "[140685120, 136010701]")]
    public IReadOnlyList<long>? Timestamps { get; init; }

    [Option("A Window Scale option, with the no-operation before it that hosts send.", Min = 0, Max = 255)]
    public int? WindowScale { get; init; }

    [Option("What follows the header.")]
    public PayloadBytes? Payload { get; init; }

    [Option("The checksum instead of the right one.")]
    public ChecksumValue? Checksum { get; init; }
}

/// <summary>A UDP datagram that is built.</summary>
internal sealed record UdpSpec
{
    [Option("Source address and port.", Example = "192.0.2.1:40000")]
    public required IPEndPoint From { get; init; }

    [Option("Destination address and port.", Example = "198.51.100.7:53")]
    public required IPEndPoint To { get; init; }

    [Option("What follows the header.")]
    public PayloadBytes? Payload { get; init; }

    [Option("The checksum instead of the right one.")]
    public ChecksumValue? Checksum { get; init; }
}

/// <summary>An ICMP or ICMPv6 message that is built.</summary>
internal sealed record IcmpSpec
{
    [Option("Source address.", Example = "192.0.2.1")]
    public required IPAddress From { get; init; }

    [Option("Destination address.", Example = "198.51.100.7")]
    public required IPAddress To { get; init; }

    [Option("The message's type.", Default = "echo request: 8, or 128 for IPv6", Min = 0, Max = 255)]
    public int? Type { get; init; }

    [Option("The type's code.", Min = 0, Max = 255)]
    public int Code { get; init; }

    [Option("The identifier of an echo.", Min = 0, Max = 65535)]
    public int Id { get; init; } = 1;

    [Option("The sequence number of an echo.", Min = 0, Max = 65535)]
    public int Seq { get; init; } = 1;

    [Option("What follows the header.")]
    public PayloadBytes? Payload { get; init; }

    [Option("The checksum instead of the right one.")]
    public ChecksumValue? Checksum { get; init; }
}
