using System.Globalization;
using Culvert.Wire;

namespace Culvert.Tools.Replay;

/// <summary>The words that text and JSON of a trace share: the verdicts on checksums and the reason of a drop.</summary>
internal static class StoryWords
{
    /// <summary>The checksums around a stage that changed a packet: those that could be judged on either side.</summary>
    public static IEnumerable<(Judged Before, Judged After)> Checksums(StageStep step)
    {
        if (step is not { Outcome: StageOutcome.Changed, After: { } after })
        {
            return [];
        }

        var now = Judge(after);
        return Judge(step.Before).Zip(now).Where(pair => pair.First.Name == pair.Second.Name);
    }

    /// <summary>Every checksum of a packet.</summary>
    public static IReadOnlyList<Judged> Judge(byte[] bytes)
    {
        List<Judged> all = [];
        if (Ipv4View.TryParse(bytes, out var header))
        {
            all.Add(new("IPv4", PacketChecksums.JudgeHeader(header)));
        }

        if (IpView.TryParse(bytes, out var packet))
        {
            all.Add(new(PacketText.NameOf(packet.Protocol, packet.IsIpv4), PacketChecksums.JudgeTransport(packet)));
        }

        return all;
    }

    /// <summary>A checksum and what was found of it.</summary>
    internal sealed record Judged(string Name, ChecksumFinding Finding)
    {
        public ChecksumVerdict Verdict => Finding.Verdict;

        /// <summary><c>correct</c>, <c>incorrect (found 0301, wanted 0302)</c>, <c>not judged (fragment)</c>.</summary>
        public string Words => Verdict switch
        {
            ChecksumVerdict.Valid => "correct",
            ChecksumVerdict.Bad => string.Create(
                CultureInfo.InvariantCulture, $"incorrect (found {Finding.Found:x4}, wanted {Finding.Wanted:x4})"),
            ChecksumVerdict.NoneCarried => "none carried",
            _ => $"not judged ({Finding.Obstacle.ToString().ToLowerInvariant()})",
        };
    }
}
