using System.Diagnostics;
using System.Globalization;

namespace Culvert.Host.Demo;

/// <summary>What a person reads while the demo runs, and the verdict that grows with it.</summary>
internal sealed class DemoReport(TextWriter output)
{
    private const long AtLeastBytes = 100_000_000;
    private const int JumboMss = DemoNetwork.LanMtu - 40;

    private readonly Verdict _verdict = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private GuardTally _guards = new(0, 0);

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

    /// <summary>The chain of a site, as <c>culvert check</c> prints it.</summary>
    public async Task ChainAsync(string file, CancellationToken cancel)
    {
        Title("The chain, from the host's side to the network's side");
        using var check = Process.Start(HostProgram.StartInfo("check", file))!;
        var error = check.StandardError.ReadToEndAsync(cancel);
        var chain = await check.StandardOutput.ReadToEndAsync(cancel);
        await check.WaitForExitAsync(cancel);
        if (check.ExitCode != ExitCodes.Success)
        {
            throw new DemoException($"culvert check found errors in the demo's own file{Environment.NewLine}{await error}{chain}");
        }

        Indent(chain);
    }

    public void Handshake(WanTraffic traffic)
    {
        Title("The handshake, as the internet saw it");
        foreach (var message in new[] { traffic.FirstInitiation, traffic.FirstResponse }.OfType<HandshakeMessage>())
        {
            output.WriteLine($"  {message.Name,-10} {message.Bytes,4} bytes  {message.From} > {message.To}");
        }

        output.WriteLine(Invariant(
            $"  {"transport",-10} {traffic.TransportMessages,4} messages, encrypted"));
        _verdict.Add(traffic is { FirstInitiation: not null, FirstResponse: not null }, "the sites shook hands");
        _verdict.Add(traffic is { TransportMessages: > 0, Readable: 0 }, "the internet saw encrypted messages, and none with the web server's text");
    }

    /// <summary>What the watched devices saw of the polls.</summary>
    public void Polls(int polls, IReadOnlyList<CapturedPacket> before, IReadOnlyList<CapturedPacket> after)
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
        _verdict.Add(clamped == polls, $"the web server offered an MSS of {JumboMss}, and every SYN/ACK was clamped");
        _verdict.Add(valid == polls, "every SYN/ACK had a right checksum before and after the clamp");

        var tally = ChecksumTally.Of(before) + ChecksumTally.Of(after);
        output.WriteLine($"  {tally.Judged} packets watched there, {tally.Bad} with a bad checksum.");
        _verdict.Add(tally is { Bad: 0, Valid: > 0 }, "every checksum held in the packets that were watched");
    }

    /// <summary>The transfer, and whether it is what was sent.</summary>
    public void Transfer(string protocol, Download download, DemoContent content)
    {
        Title("The transfer");
        output.WriteLine(Invariant(
            $"  {download.Bytes:N0} bytes by {protocol} in {download.Time.TotalSeconds:0.00} s: {download.MegabitsPerSecond:N0} Mbit/s"));
        output.WriteLine($"  SHA-256 {download.Sha256}");
        _verdict.Add(
            download.Bytes == content.Length && content.Length >= AtLeastBytes && download.Sha256 == content.Sha256,
            "the transfer arrived whole: length and SHA-256 as sent");
    }

    /// <summary>What those who received the segments said of their checksums, those of the transfer included.</summary>
    /// <param name="receivers">Who they were.</param>
    /// <param name="badChecksums">How many segments they refused.</param>
    public void Refused(string receivers, long badChecksums)
    {
        output.WriteLine($"  {receivers} refused {badChecksums} segments for their checksum.");
        _verdict.Add(badChecksums == 0, "no segment arrived with a bad checksum");
    }

    /// <summary>What a site counted, as it reports at its end.</summary>
    public void Counted(string site, string report)
    {
        Title($"What each stage counted: {site}");
        Indent(report);
        _guards += GuardTally.Of(report);
    }

    /// <summary>Prints the verdict.</summary>
    public bool Conclude()
    {
        _verdict.Add(_guards.IsClean, Invariant($"the guards of both sites judged {_guards.Judged:N0} checksums, and all were valid"));
        Title("Observed");
        _verdict.Print(output);
        output.WriteLine();
        output.WriteLine(Invariant(
            $"{(_verdict.IsGood ? "All of it was observed" : "Not all of it was observed")}, in {Stopwatch.GetElapsedTime(_began).TotalSeconds:0.0} s."));
        return _verdict.IsGood;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Line(string place, SynAck seen) => output.WriteLine(
        $"  {place,-18} {seen.Mss,6}   {seen.Checksum:x4}, {(seen.IsValid ? "valid" : $"INVALID, should be {seen.WantedChecksum:x4}")}");

    private void Title(string text)
    {
        output.WriteLine();
        output.WriteLine(text);
    }

    private void Indent(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            output.WriteLine("  " + line.TrimEnd());
        }
    }
}
