using Culvert.Packets;
using Culvert.Wire;

namespace Tun.Linux.Tests;

/// <summary>Looks at every packet that passes and complains of what no packet may be. Thread-safe.</summary>
internal sealed class ChecksumJudge(int mtu)
{
    private readonly Lock _gate = new();
    private readonly List<string> _complaints = [];
    private long _packets;

    public long Packets => Interlocked.Read(ref _packets);

    public IReadOnlyList<string> Complaints
    {
        get { lock (_gate) { return [.. _complaints]; } }
    }

    public void Look(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            Interlocked.Increment(ref _packets);
            if (Judge(packet.Data) is { } complaint)
            {
                lock (_gate)
                {
                    _complaints.Add(complaint);
                }
            }
        }
    }

    private string? Judge(Span<byte> data)
    {
        if (data.Length > mtu)
        {
            return $"{data.Length} bytes";
        }

        if (!IpView.TryParse(data, out var ip) || ip.Length != data.Length || !ip.IsTransportWhole)
        {
            return "no whole IP packet: " + Convert.ToHexString(data);
        }

        if (Ipv4View.TryParse(data, out var ipv4) && !ipv4.IsHeaderChecksumValid)
        {
            return "bad header checksum: " + Convert.ToHexString(data);
        }

        var judged = ip.Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmpv6;
        return judged && !InternetChecksum.IsValid(ip.Transport, ip.PseudoHeaderSum())
            ? "bad checksum: " + Convert.ToHexString(data)
            : null;
    }
}
