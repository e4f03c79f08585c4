using System.Diagnostics;
using System.Globalization;
using Culvert.Counters;
using Culvert.Engine.Control;
using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Host.Output;
using Culvert.Tools.Views;

namespace Culvert.Host.Demo;

/// <summary>The demo's output and the verdict that it leads to.</summary>
internal sealed class DemoReport(TextWriter output)
{
    private const int JumboMss = DemoNetwork.LanMtu - 40;

    private readonly List<(bool IsObserved, string What)> _observations = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _judged;
    private long _valid;

    /// <summary>Who is where.</summary>
    public void Network()
    {
        Title("The network");
        output.WriteLine($"""
              monitor                               gateway                      web server
              {DemoNetwork.MonitorTunnelAddress,-12} ==== the tunnel ======== {DemoNetwork.GatewayTunnelAddress}
              {DemoNetwork.MonitorWanAddress,-12} -- internet, MTU {DemoNetwork.WanMtu} -- {DemoNetwork.GatewayWanAddress}
                                                    {DemoNetwork.GatewayLanAddress,-12} -- MTU {DemoNetwork.LanMtu} -- {DemoNetwork.WebAddress}
            """);
    }

    /// <summary>Reads a site's file.</summary>
    /// <exception cref="InvalidDataException">The file is wrong.</exception>
    public static PipelinePlan Plan(string file)
    {
        var loaded = new PipelineLoader(PluginStore.BesideProgram()).Load(file);
        return loaded.Plan ?? throw new InvalidDataException(string.Join(Environment.NewLine, loaded.Diagnostics));
    }

    /// <summary>The chain of a site, as <c>culvert check</c> prints it.</summary>
    public void Chain(PipelinePlan plan)
    {
        Title("The chain, from the host's side to the network's side");
        using var chain = new StringWriter();
        ChainOutput.WriteText("pipeline.yaml", plan, chain);
        Indent(chain.ToString());
    }

    /// <summary>The messages between the sites.</summary>
    public void Handshake(IReadOnlyList<WanMessage> messages)
    {
        Title("The handshake, as the internet saw it");
        var (initiation, response) = (messages.FirstOrDefault(message => message.IsInitiation), messages.FirstOrDefault(message => message.IsResponse));
        Line("initiation", initiation);
        Line("response", response);
        var transport = messages.Count(message => message.IsTransport);
        output.WriteLine(Invariant($"  {"transport",-10} {transport,4} messages, encrypted"));
        Observe(initiation is not null && response is not null, "the sites shook hands");
        Observe(
            transport > 0 && !messages.Any(message => message.IsReadable),
            "the internet saw encrypted messages, and none with the web server's text");
    }

    /// <summary>Reports the polls as the watched devices saw them.</summary>
    public void Polls(int polls, IReadOnlyList<byte[]> before, IReadOnlyList<byte[]> after)
    {
        var pairs = ClampedSynAck.Pair(before, after);
        Title($"The clamp: {polls} polls, each on a fresh connection, and the web server's SYN/ACKs before and behind the tunnel");
        if (pairs is [var first, ..])
        {
            output.WriteLine("                        MSS   checksum");
            Line("before the clamp", first.Before);
            Line("after the clamp", first.After);
        }

        var clamped = pairs.Count(pair => pair.Before.Mss == JumboMss && pair.After.Mss < JumboMss);
        var valid = pairs.Count(pair => pair.Before.IsValid && pair.After.IsValid);
        var damaged = pairs.Count(pair => pair.WithOldArithmetic != pair.After.WantedChecksum);
        output.WriteLine($"  {clamped} of {polls} SYN/ACKs clamped, {valid} with a right checksum before and after.");
        output.WriteLine($"  Two's complement arithmetic, the old mistake of tunnels, would have damaged {damaged} of them.");
        Observe(clamped == polls, $"the web server offered an MSS of {JumboMss}, and every SYN/ACK was clamped");
        Observe(valid == polls, "every SYN/ACK had a right checksum before and after the clamp");

        var judged = before.Concat(after).Select(SynAck.Judge).OfType<bool>().ToArray();
        var bad = judged.Count(isValid => !isValid);
        output.WriteLine($"  {judged.Length} packets watched there, {bad} with a bad checksum.");
        Observe(bad == 0 && judged.Length > 0, "every checksum was valid in the packets that were watched");
    }

    /// <summary>The transfer, and whether it is what was sent.</summary>
    public void Transfer(string protocol, Download download, Download wanted)
    {
        Title("The transfer");
        output.WriteLine(Invariant(
            $"  {download.Bytes:N0} bytes by {protocol} in {download.Time.TotalSeconds:0.00} s: {download.MegabitsPerSecond:N0} Mbit/s"));
        output.WriteLine($"  SHA-256 {download.Sha256}");
        Observe(download with { Time = default } == wanted, "the transfer arrived whole: length and SHA-256 as sent");
    }

    /// <summary>Reports the segments that the receivers refused for their checksum, those of the transfer included.</summary>
    public void Refused(string receivers, long badChecksums)
    {
        output.WriteLine($"  {receivers} refused {badChecksums} segments for their checksum.");
        Observe(badChecksums == 0, "no segment arrived with a bad checksum");
    }

    /// <summary>Reports the counters of a site.</summary>
    public void Counted(string site, PipelineStatus status)
    {
        Title($"What each stage counted: {site}");
        Indent(StatusText.Render(PipelineView.Read(StatusJson.Write(status))));
        NoteGuard(status.Stages.SelectMany(stage => stage.Counters));
    }

    /// <summary>Adds the checksum guard's counters to the verdict.</summary>
    public void NoteGuard(IEnumerable<Counter> counters)
    {
        foreach (var counter in counters)
        {
            _judged += counter.Name == "judged" ? counter.Value : 0;
            _valid += counter.Name == "valid" ? counter.Value : 0;
        }
    }

    /// <summary>Prints the verdict.</summary>
    public bool Conclude()
    {
        Observe(_judged > 0 && _judged == _valid, Invariant($"the guards of both sites judged {_judged:N0} checksums, and all were valid"));
        Title("Observed");
        _observations.ForEach(one => output.WriteLine($"  {(one.IsObserved ? "yes" : "NO "),-4} {one.What}"));

        var all = _observations.TrueForAll(observation => observation.IsObserved);
        output.WriteLine();
        output.WriteLine(Invariant(
            $"{(all ? "All of it was observed" : "Not all of it was observed")}, in {Stopwatch.GetElapsedTime(_began).TotalSeconds:0.0} s."));
        return all;
    }

    /// <summary>Adds something that the demo set out to observe.</summary>
    public void Observe(bool isObserved, string what) => _observations.Add((isObserved, what));

    public void Title(string text)
    {
        output.WriteLine();
        output.WriteLine(text);
    }

    public void Indent(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            output.WriteLine("  " + line.TrimEnd());
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Line(string name, WanMessage? message) =>
        output.WriteLine(message is null ? $"  {name,-10} none" : $"  {name,-10} {message.Bytes,4} bytes  {message.From} > {message.To}");

    private void Line(string place, SynAck seen) => output.WriteLine(
        $"  {place,-18} {seen.Mss,6}   {seen.Checksum:x4}, {(seen.IsValid ? "valid" : $"INVALID, should be {seen.WantedChecksum:x4}")}");
}
