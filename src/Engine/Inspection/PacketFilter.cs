using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Culvert.Wire;

namespace Culvert.Engine.Inspection;

/// <summary>
/// A condition on IP packets in the words of tcpdump: <c>host 10.0.0.1 and tcp port 80</c>. Words: <c>ip</c>, <c>ip6</c>, <c>tcp</c>,
/// <c>udp</c>, <c>icmp</c>, <c>icmp6</c>; <c>host ADDRESS</c>, <c>net PREFIX</c>, <c>port NUMBER</c>, each with <c>src</c> or <c>dst</c>
/// before it; <c>and</c> (which may be left out), <c>or</c>, <c>not</c> and parentheses. Immutable.
/// </summary>
public sealed class PacketFilter
{
    private readonly Condition _condition;

    private PacketFilter(string text, Condition condition) => (Text, _condition) = (text, condition);

    private delegate bool Condition(in IpView packet);

    /// <summary>Every packet, IP packet or not.</summary>
    public static PacketFilter Everything { get; } = new("", static (in IpView _) => true);

    /// <summary>As it was written; empty for every packet.</summary>
    public string Text { get; }

    /// <summary>Reads a filter.</summary>
    /// <param name="text">The words; none means every packet.</param>
    /// <param name="filter">The filter, when true is returned.</param>
    /// <param name="error">What is wrong, else.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PacketFilter? filter, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        (filter, error) = (null, null);
        if (string.IsNullOrWhiteSpace(text))
        {
            filter = Everything;
            return true;
        }

        var parser = new Parser(text);
        try
        {
            filter = new PacketFilter(text, parser.ParseAll());
            return true;
        }
        catch (FormatException problem)
        {
            error = problem.Message;
            return false;
        }
    }

    /// <summary>True when the packet fulfils the condition.</summary>
    /// <param name="packet">Any bytes; what is no IP packet fulfils only <see cref="Everything"/>.</param>
    public bool Matches(Span<byte> packet) => ReferenceEquals(this, Everything) || (IpView.TryParse(packet, out var ip) && _condition(ip));

    /// <summary>Recursive descent over words; the depth is bounded by the number of words, and that here.</summary>
    private sealed class Parser
    {
        private const int MostWords = 200;

        private readonly string[] _words;
        private int _next;

        public Parser(string text) => _words = text
            .Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

        private string? Word => _next < _words.Length ? _words[_next] : null;

        public Condition ParseAll()
        {
            if (_words.Length > MostWords)
            {
                throw new FormatException($"a filter has at most {MostWords} words");
            }

            var condition = ParseOr();
            return Word is null ? condition : throw new FormatException($"'{Word}' is not expected here");
        }

        private Condition ParseOr()
        {
            var left = ParseAnd();
            while (Word == "or")
            {
                _next++;
                var (one, other) = (left, ParseAnd());
                left = (in IpView packet) => one(packet) || other(packet);
            }

            return left;
        }

        private Condition ParseAnd()
        {
            var left = ParseOne();
            while (Word is not (null or "or" or ")"))
            {
                _next += Word == "and" ? 1 : 0;
                var (one, other) = (left, ParseOne());
                left = (in IpView packet) => one(packet) && other(packet);
            }

            return left;
        }

        private Condition ParseOne()
        {
            var word = Take("a condition");
            switch (word)
            {
                case "not":
                    var inner = ParseOne();
                    return (in IpView packet) => !inner(packet);
                case "(":
                    var group = ParseOr();
                    return Take("')'") == ")" ? group : throw new FormatException("a ')' is missing");
                case "ip":
                    return static (in IpView packet) => packet.IsIpv4;
                case "ip6":
                    return static (in IpView packet) => !packet.IsIpv4;
                case "tcp":
                    return Carries(IpProtocol.Tcp);
                case "udp":
                    return Carries(IpProtocol.Udp);
                case "icmp":
                    return Carries(IpProtocol.Icmp);
                case "icmp6":
                    return Carries(IpProtocol.Icmpv6);
                case "src" or "dst":
                    return ParsePlace(Take("host, net or port"), source: word == "src", destination: word == "dst");
                default:
                    return ParsePlace(word, source: true, destination: true);
            }
        }

        private Condition ParsePlace(string word, bool source, bool destination) => word switch
        {
            "host" => InNetwork(ParseAddress(Take("an address")), source, destination),
            "net" => InNetwork(ParseNetwork(Take("a prefix such as 10.0.0.0/8")), source, destination),
            "port" => HasPort(ParsePort(Take("a port number")), source, destination),
            _ => throw new FormatException(
                $"'{word}' is unknown; write host, net, port, src, dst, tcp, udp, icmp, icmp6, ip, ip6, and, or, not or parentheses"),
        };

        private static Condition Carries(IpProtocol protocol) => (in IpView packet) => packet.Protocol == protocol;

        private static Condition InNetwork(IPNetwork network, bool source, bool destination) => (in IpView packet) =>
            (source && network.Contains(packet.SourceAddress)) || (destination && network.Contains(packet.DestinationAddress));

        private static Condition HasPort(ushort port, bool source, bool destination) => (in IpView packet) =>
            packet.Protocol is IpProtocol.Tcp or IpProtocol.Udp
            && packet.HasTransportHeader
            && packet.Transport is { Length: >= 2 * sizeof(ushort) } ports
            && ((source && BinaryPrimitives.ReadUInt16BigEndian(ports) == port)
                || (destination && BinaryPrimitives.ReadUInt16BigEndian(ports[sizeof(ushort)..]) == port));

        private static IPNetwork ParseAddress(string word) => IPAddress.TryParse(word, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new FormatException($"'{word}' is no address");

        private static IPNetwork ParseNetwork(string word) => IPNetwork.TryParse(word, out var network)
            ? network
            : throw new FormatException($"'{word}' is no prefix; write it as 10.0.0.0/8");

        private static ushort ParsePort(string word) => ushort.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw new FormatException($"'{word}' is no port number");

        private string Take(string expected)
        {
            var word = Word ?? throw new FormatException($"{expected} is missing at the end");
            _next++;
            return word;
        }
    }
}
