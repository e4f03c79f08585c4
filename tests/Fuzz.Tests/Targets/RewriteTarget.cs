using Culvert.Wire;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// Changes to a packet, as the first bytes of the input say: a checksum that was right stays right, one that was wrong stays wrong, and the values are
/// those that were set. The rest of the input is the packet.
/// </summary>
internal sealed class RewriteTarget : FuzzTarget
{
    private const int Program = 8;

    public override IEnumerable<byte[]> Seeds => SeedPackets.All.Select((packet, i) => (byte[])[(byte)i, 1, 2, 3, 4, 5, 6, (byte)~i, .. packet]);

    public override int MaxLength => 700;

    public override void Run(byte[] input)
    {
        if (input.Length <= Program)
        {
            return;
        }

        var packet = input.AsSpan(Program).ToArray();
        if (!IpView.TryParse(packet, out var ip))
        {
            return;
        }

        var before = Errors(ip);
        for (var i = 0; i + 1 < Program; i++)
        {
            Change(ip, input[i], (ushort)((input[i] << 8) | input[i + 1]));
        }

        // A rewritten packet is the same packet to a parser.
        Assert.True(IpView.TryParse(packet, out var after));
        Assert.Equal(ip.TransportOffset, after.TransportOffset);
        Assert.Equal(before, Errors(after));
    }

    private static void Change(IpView ip, byte what, ushort value)
    {
        var address = (stackalloc byte[16])[..ip.Source.Length];
        address.Fill((byte)value);
        switch (what % 12)
        {
            case 0:
                ip.SetSource(address);
                Assert.True(ip.Source.SequenceEqual(address));
                break;
            case 1:
                ip.SetDestination(address);
                Assert.True(ip.Destination.SequenceEqual(address));
                break;
            case 2:
                ip.SourcePort = value;
                Assert.Equal(ip.HasPorts ? value : 0, ip.SourcePort);
                break;
            case 3:
                ip.DestinationPort = value;
                break;
            case 4:
                ip.TrafficClass = (byte)value;
                Assert.Equal((byte)value, ip.TrafficClass);
                break;
            case 5:
                ip.HopLimit = (byte)value;
                break;
            case 6:
                ip.Ecn = (EcnCodepoint)(value & 3);
                ip.Dscp = value & 63;
                Assert.Equal(value & 63, ip.Dscp);
                break;
            case 7:
                ip.EchoIdentifier = value;
                break;
            case 8 when IcmpQuote.TryParse(ip, out var quote):
                quote.SetSource(address);
                quote.DestinationPort = value;
                quote.EchoIdentifier = value;
                break;
            case 9 when ip.HasTransportHeader && ip.Protocol == IpProtocol.Tcp && TcpView.TryParse(ip.Transport, out var tcp):
                tcp.Window = value;
                tcp.Sequence = value * 65537u;
                tcp.UrgentPointer = value;
                break;
            case 10 when ip.HasTransportHeader && ip.Protocol == IpProtocol.Tcp && TcpView.TryParse(ip.Transport, out var tcp):
                foreach (var option in tcp.Options)
                {
                    if (option.IsMss)
                    {
                        var mss = option;
                        mss.Mss = value;
                        Assert.Equal(value, mss.Mss);
                    }
                }

                break;
            case 11:
                FlowKey.Read(ip).Reversed.Write(ip);
                break;
        }
    }

    private static (int Header, int Transport) Errors(IpView ip) =>
        (ip.TryAsIpv4(out var v4) ? Error(PacketChecksums.JudgeHeader(v4)) : 0, Error(PacketChecksums.JudgeTransport(ip)));

    // By how much a checksum is wrong: in one's complement, 0 is ffff. A UDP checksum of 0 is none, and stays none.
    private static int Error(ChecksumFinding finding) => finding.Verdict switch
    {
        ChecksumVerdict.Bad when finding is { Kind: ChecksumKind.Udp, Found: 0 } => -3,
        ChecksumVerdict.Bad => (finding.Found + 65535 - finding.Wanted) % 65535,
        ChecksumVerdict.Valid => 0,
        ChecksumVerdict.NoneCarried => -1,
        _ => -2,
    };
}
