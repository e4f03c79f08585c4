using System.Net;
using Culvert.Algorithms;
using Culvert.Wire;

namespace Framework.Tests.Examples;

/// <summary>The examples of docs/reference/wire.md, compiled. <see cref="WirePageTests"/> compares them with the page, and runs them.</summary>
internal static class WireExamples
{
    public static bool IsNewHttps(Span<byte> packet)
    {
        if (!IpView.TryParse(packet, out var ip) || ip.HopLimit < 2)
        {
            return false;
        }

        if (ip.Protocol == IpProtocol.Tcp && ip.HasTransportHeader && TcpView.TryParse(ip.Transport, out var tcp))
        {
            return tcp.IsSyn && ip.DestinationPort == 443;
        }

        return false;
    }

    public static void Mark(IpView ip)
    {
        ip.HopLimit--;
        ip.Dscp = 46;
        ip.Ecn = EcnCodepoint.Ce;
    }

    public static void Clamp(TcpView tcp)
    {
        foreach (var option in tcp.Options)
        {
            if (option.Mss > 1360)
            {
                option.Mss = 1360;
            }
        }
    }

    public static void Outbound(IpView ip, IpAddressValue inside, IpAddressValue outside)
    {
        if (ip.SourceAddress == inside)
        {
            ip.SetSource(outside);
        }

        if (IcmpQuote.TryParse(ip, out var quote) && quote.DestinationAddress == inside)
        {
            quote.SetDestination(outside);
        }
    }

    public static void Inbound(IpView ip, IpAddressValue inside, IpAddressValue outside)
    {
        if (ip.DestinationAddress == outside)
        {
            ip.SetDestination(inside);
        }

        if (IcmpQuote.TryParse(ip, out var quote) && quote.SourceAddress == outside)
        {
            quote.SetSource(inside);
        }
    }

    public static void Translate(IpView ip, IReadOnlyDictionary<FlowKey, FlowKey> mappings)
    {
        var isError = IcmpQuote.TryParse(ip, out var quote);
        var key = isError ? FlowKey.Read(quote).Reversed : FlowKey.Read(ip);
        if (!mappings.TryGetValue(key, out var mapped))
        {
            return;
        }

        if (!isError)
        {
            mapped.Write(ip);
            return;
        }

        mapped.Reversed.Write(quote);
        if (mapped.Source != key.Source)
        {
            ip.SetSource(mapped.Source);
        }

        if (mapped.Destination != key.Destination)
        {
            ip.SetDestination(mapped.Destination);
        }
    }

    public static int WriteDatagram(Span<byte> buffer, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> payload)
    {
        var ip = IpView.Write(buffer, source, destination, IpProtocol.Udp, UdpView.HeaderLength + payload.Length);
        payload.CopyTo(ip.Transport[UdpView.HeaderLength..]);
        UdpView.Write(ip.Transport, sourcePort: 5353, destinationPort: 53, ip.PseudoHeaderSum());
        return ip.Length;
    }

    public static byte[] Refuse(IpView ip)
    {
        Span<byte> answer = stackalloc byte[IcmpError.MaxLength];
        var length = ip.Protocol == IpProtocol.Tcp
            ? TcpReset.Write(ip, answer)
            : IcmpError.AdministrativelyProhibited.Write(ip, answer);
        return answer[..length].ToArray();
    }

    public static string? Route(IpView ip)
    {
        var table = new PrefixTable<string>([new(IPNetwork.Parse("10.0.0.0/8"), "site"), new(IPNetwork.Parse("10.9.0.0/16"), "lab")]);
        table = table.With(IPNetwork.Parse("2001:db8::/32"), "documentation");
        var value = table.Lookup(ip.Destination);
        return value;
    }

    public static bool Limit(IpView ip, TimeProvider time)
    {
        var bucket = new TokenBucket(time, rate: 2_500_000, burst: 128 * 1024);
        var allowed = bucket.TryTake(ip.Length);
        return allowed;
    }
}
