using System.Globalization;
using System.Net;
using Culvert.Options;
using Culvert.Tools.Captures;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Tools.Cases;

/// <summary>A field that a test can expect a value of: its name, how a value is written, and how it is read from a packet.</summary>
/// <param name="Name">As tests write it: <c>tcp.mss</c>.</param>
/// <param name="Expected">The form of a value, for messages.</param>
/// <param name="Normalize">Returns the one spelling of a value; null for what is none.</param>
/// <param name="Read">Reads it; null where the packet has no such field.</param>
internal sealed record PacketField(string Name, string Expected, Func<string, string?> Normalize, Func<PacketFields, byte[], string?> Read)
{
    /// <summary>Every field.</summary>
    public static IReadOnlyList<PacketField> All { get; } =
    [
        new("length", Number, ToNumber, (_, bytes) => Text(bytes.Length)),
        new("hex", Hex, ToBytes, (_, bytes) => Convert.ToHexStringLower(bytes)),
        new("payload", Hex, ToBytes, (fields, packet) => Convert.ToHexStringLower(packet.AsSpan(fields.Payload))),
        new("ip.version", Number, ToNumber, (fields, _) => Text(fields.Version)),
        Of("ip.source", "an address", ToAddress, "source"),
        Of("ip.destination", "an address", ToAddress, "destination"),
        Of("ip.ttl", Number, ToNumber, "TTL", "hop limit"),
        new("ip.dscp", Number, ToNumber, (fields, _) => Bits(fields, "traffic class", 2, 0x3F)),
        new("ip.ecn", Number, ToNumber, (fields, _) => Bits(fields, "traffic class", 0, 3)),
        Of("ip.id", Number, ToNumber, "identification"),
        new("ip.df", "true or false", ToBool, (fields, _) => fields.Find("fragment flags") is { } flags ? Flag(flags.Text, "DF") : null),
        new("ip.mf", "true or false", ToBool, (fields, _) => fields.Find("fragment flags") is { } flags ? Flag(flags.Text, "MF") : null),
        Of("ip.fragment-offset", Number, ToNumber, "fragment offset"),
        Of("ip.protocol", Number, ToNumber, "protocol", "next header"),
        Of("ip.flow-label", Hex, ToHex(5), "flow label"),
        Of("ip.checksum", Hex, ToHex(4), "IPv4 checksum"),
        new("tcp.from", Endpoint, ToEndpoint, (fields, _) => Join(fields, "TCP checksum", "source")),
        new("tcp.to", Endpoint, ToEndpoint, (fields, _) => Join(fields, "TCP checksum", "destination")),
        new("tcp.flags", FlagsValue.Expected, ToFlags, (fields, _) => fields.Find("TCP flags")?.Text),
        Of("tcp.seq", Number, ToNumber, "sequence number"),
        Of("tcp.ack", Number, ToNumber, "acknowledgment number"),
        Of("tcp.window", Number, ToNumber, "window"),
        Of("tcp.mss", Number, ToNumber, "MSS"),
        Of("tcp.options", "tcpdump's words, for example mss 1460,nop,wscale 7", text => text, "TCP options"),
        Of("tcp.checksum", Hex, ToHex(4), "TCP checksum"),
        new("udp.from", Endpoint, ToEndpoint, (fields, _) => Join(fields, "UDP checksum", "source")),
        new("udp.to", Endpoint, ToEndpoint, (fields, _) => Join(fields, "UDP checksum", "destination")),
        Of("udp.checksum", Hex, ToHex(4), "UDP checksum"),
        Of("icmp.type", Number, ToNumber, "ICMP type", "ICMPv6 type"),
        Of("icmp.code", Number, ToNumber, "ICMP code", "ICMPv6 code"),
        new("icmp.id", Number, ToNumber, (fields, _) => Rest(fields, 16)),
        new("icmp.seq", Number, ToNumber, (fields, _) => Rest(fields, 0)),
        new("icmp.mtu", Number, ToNumber, (fields, _) => Rest(fields, 0)),
        Of("icmp.checksum", Hex, ToHex(4), "ICMP checksum", "ICMPv6 checksum"),
    ];

    private const string Number = "a number";
    private const string Hex = "hexadecimal digits";
    private const string Endpoint = "ADDRESS:PORT";

    /// <summary>The field of a name; null for none.</summary>
    public static PacketField? Find(string name) => All.FirstOrDefault(field => field.Name == name);

    private static PacketField Of(string name, string expected, Func<string, string?> normalize, params string[] names) =>
        new(name, expected, normalize, (fields, _) => names.Select(fields.Find).FirstOrDefault(field => field is not null)?.Text);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? ToNumber(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Text(number) : null;

    private static string? ToBool(string text) => text is "true" or "false" ? text : null;

    private static string? ToAddress(string text) => AddressText.TryParseAddress(text, out var address) ? address.ToString() : null;

    private static string? ToEndpoint(string text) =>
        HostEndpoint.TryParse(text, out var endpoint) && endpoint.Address is { } address ? address.ToString() : null;

    private static string? ToFlags(string text) => PacketValues.TryReadFlags(text, out var flags) ? TcpText.Flags(flags) : null;

    private static string? ToBytes(string text) => HexText.TryRead(text, out var bytes, out _) ? Convert.ToHexStringLower(bytes) : null;

    private static Func<string, string?> ToHex(int digits) => text => PacketValues.TryReadHex(text, out var value)
        ? value.ToString("x" + Text(digits), CultureInfo.InvariantCulture)
        : null;

    private static string Flag(string flags, string flag) => flags.Split(' ').Contains(flag) ? "true" : "false";

    private static string? Bits(PacketFields fields, string name, int shift, int mask) =>
        fields.Find(name) is { } field && PacketValues.TryReadHex(field.Text, out var value) ? Text((long)(value >> shift) & mask) : null;

    private static string? Rest(PacketFields fields, int shift) =>
        Bits(fields, fields.Version == 4 ? "ICMP rest of header" : "ICMPv6 rest of header", shift, ushort.MaxValue);

    private static string? Join(PacketFields fields, string protocol, string side)
    {
        if (fields.Find(protocol) is null || !AddressText.TryParseAddress(fields.Find(side)!.Value.Text, out var address))
        {
            return null;
        }

        return new IPEndPoint(address, int.Parse(fields.Find(side + " port")!.Value.Text, CultureInfo.InvariantCulture)).ToString();
    }
}
