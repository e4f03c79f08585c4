using Culvert.Endpoints.Captures;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary>Writes the sentences of Wireshark's protocol, extcap(4).</summary>
internal static class ExtcapText
{
    /// <summary>The interfaces.</summary>
    public static void WriteInterfaces(IReadOnlyList<ExtcapInterface> interfaces, TextWriter output)
    {
        output.WriteLine($"extcap {{version={ProductVersion.Number}}}{{display=Culvert}}");
        foreach (var one in interfaces)
        {
            output.WriteLine($"interface {{value={one.Name}}}{{display=Culvert: {Clean(one.File)}, {Describe(one)}}}");
        }
    }

    /// <summary>The link types; the same for each interface.</summary>
    public static void WriteLinkTypes(TextWriter output) =>
        output.WriteLine($"dlt {{number={PcapNgBlocks.RawIp}}}{{name=RAW}}{{display=Raw IP}}");

    /// <summary>The options of an interface; nothing for one that is gone.</summary>
    public static void WriteOptions(ExtcapInterface? one, string allPlaces, TextWriter output)
    {
        if (one is null)
        {
            return;
        }

        output.WriteLine("arg {number=0}{call=--filter}{display=Filter}{tooltip=A filter expression in tcpdump's words}{type=string}");
        output.WriteLine($"arg {{number=1}}{{call=--snaplen}}{{display=Bytes of a packet}}{{type=integer}}"
            + $"{{range={RunCapture.MinSnapLength},{RunCapture.MaxSnapLength}}}{{default={RunCapture.MaxSnapLength}}}");
        output.WriteLine("arg {number=3}{call=--keys}{display=WireGuard secrets}{tooltip=Adds the private key and the secrets of sessions that begin meanwhile}"
            + "{type=boolflag}{default=false}");
        if (one.Place is not null)
        {
            return;
        }

        output.WriteLine("arg {number=2}{call=--at}{display=Boundaries}{tooltip=Where packets are captured}{type=selector}");
        output.WriteLine($"value {{arg=2}}{{value={allPlaces}}}{{display=All}}{{default=true}}");
        foreach (var (upper, lower) in one.Stages.Zip(one.Stages.Skip(1)))
        {
            output.WriteLine($"value {{arg=2}}{{value={upper}:below}}{{display=Between {upper} and {lower}}}{{default=false}}");
        }
    }

    private static string Describe(ExtcapInterface one) => one.Place is null
        ? "all boundaries"
        : one.Stages.Zip(one.Stages.Skip(1)).Where(pair => one.Place == $"{pair.First}:below").Select(pair => $"between {pair.First} and {pair.Second}").First();

    // A value ends at the first brace, a sentence at the end of the line.
    private static string Clean(string text) => string.Concat(text.Select(one => one is '{' or '}' || char.IsControl(one) ? '_' : one));
}
