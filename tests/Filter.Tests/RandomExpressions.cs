namespace Filter.Tests;

/// <summary>
/// Random expressions over the addresses, ports and types that <see cref="RandomPackets"/> uses, each in this language and in tcpdump's.
/// They are one text where the languages are the same.
/// </summary>
internal sealed class RandomExpressions(Random random)
{
    private static readonly string[] Protocols = ["ip", "ip6", "tcp", "udp", "icmp", "icmp6", "igmp", "esp", "sctp"];
    private static readonly string[] Flags = ["syn", "ack", "rst", "fin", "push"];
    private static readonly string[] Relations = ["<", "<=", ">", ">=", "==", "!="];

    public (string Ours, string Tcpdumps) Next(int depth = 3) => depth == 0 || random.Next(4) == 0 ? Condition() : random.Next(5) switch
    {
        0 => Map(Operand(depth), inner => $"not {inner}"),
        1 => Inherited(),
        _ => Combination(depth),
    };

    // Without parentheses, so that the precedence is compared too. A qualifier must not reach into the next operand.
    private (string, string) Combination(int depth)
    {
        var parts = Enumerable.Range(0, random.Next(2, 5)).Select(_ => Operand(depth)).ToArray();
        var connectives = parts.Select((_, i) => i == 0 ? "" : Pick(" and ", " or ", " && ", " || ")).ToArray();
        return (string.Concat(connectives.Zip(parts, (c, p) => c + p.Item1)), string.Concat(connectives.Zip(parts, (c, p) => c + p.Item2)));
    }

    private (string, string) Operand(int depth)
    {
        var sign = Pick("", "!");
        return random.Next(3) == 0 ? Map(Condition(), text => sign + text) : Map(Next(depth - 1), text => $"({text})");
    }

    private (string, string) Condition() => random.Next(11) switch
    {
        0 => Same(Pick(Protocols)),
        1 => Same($"{Ends()}host {Address()}"),
        2 => Same($"{Ends()}net {Net()}"),
        3 => Same($"{Pick("", "tcp ", "udp ", "sctp ")}{Ends()}port {Port()}"),
        4 => Same($"{Pick("", "tcp ")}{Ends()}portrange {random.Next(50)}-{random.Next(50, 500)}"),
        5 => Same($"{Pick("", "ip ", "ip6 ")}proto {Pick(1, 6, 17, 50, 58, 132)}"),
        6 => Same($"{Pick("less", "greater")} {Length()}"),
        7 => Same($"len {Pick(Relations)} {Length()}"),
        8 => Header(),
        9 => List(),
        _ => TrafficClass(),
    };

    // tcpdump reads flags and types of IPv4 only (and ICMPv6 types).
    private (string, string) Header()
    {
        var flag = Pick(Flags);
        return random.Next(6) switch
        {
            0 => ($"(ip and {flag})", $"(ip and tcp[tcpflags] & tcp-{flag} != 0)"),
            1 => Same($"(ip and tcp[tcpflags] & (tcp-syn|tcp-ack) {Pick("==", "!=")} {Pick("tcp-syn", "18", "0")})"),
            2 => Same($"(ip and tcp[13] {Pick("=", "!=")} {Pick(2, 16, 18)})"),
            3 => Same($"icmp[icmptype] {Pick("=", "!=")} {Pick("icmp-echo", "icmp-echoreply", "3")}"),
            4 => Same($"icmp6[icmp6type] == {Pick("icmp6-echo", "129", "2")}"),
            _ => ("(ip and fragment)", "(ip[6:2] & 0x3fff != 0)"),
        };
    }

    private (string, string) TrafficClass()
    {
        var (dscp, ecn) = (Pick(0, 10, 46), random.Next(4));
        return random.Next(2) == 0
            ? ($"dscp {dscp}", $"(ip[1] & 0xfc == {dscp << 2} or ip6[0:2] & 0x0fc0 == {dscp << 6})")
            : ($"ecn {ecn}", $"(ip[1] & 3 == {ecn} or ip6[1] & 0x30 == {ecn << 4})");
    }

    private (string, string) List()
    {
        var (words, items) = random.Next(3) switch
        {
            0 => ($"{Ends()}host", Items(Address)),
            1 => ($"{Ends()}net", Items(Net)),
            _ => ($"{Pick("", "udp ")}{Ends()}port", Items(() => Port().ToString())),
        };
        return ($"{words} {{{string.Join(",", items)}}}", $"{words} ({string.Join(" or ", items)})");
    }

    private (string, string) Inherited() =>
        Same($"{Pick("", "tcp ")}{Ends()}port {Port()} or {Pick("", "not ")}{Port()} {Pick("and", "or")} ({Port()} or {Port()})");

    private string[] Items(Func<string> item) => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => item())];

    private string Ends() => Pick("", "src ", "dst ", "src or dst ", "src and dst ", "dst or src ");

    private string Address() => Pick(RandomPackets.Addresses);

    private string Net() => Pick("10.0.0.0/8", "10.0.0.0/31", "192.168.1.2/32", "0.0.0.0/0", "2001:db8::/32", "2001:db8::/127", "2001:db8:0:8000::/49");

    private int Port() => Pick(RandomPackets.Ports);

    private int Length() => random.Next(20, 120);

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    private static (string, string) Same(string text) => (text, text);

    private static (string, string) Map((string Ours, string Tcpdumps) pair, Func<string, string> change) => (change(pair.Ours), change(pair.Tcpdumps));
}
