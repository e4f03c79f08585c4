using System.Globalization;
using Culvert.Engine.Inspection;
using Culvert.Tools.Replay;
using Culvert.Wire;

namespace Culvert.Host.Output;

/// <summary>Writes the trace of a packet: the packet as tcpdump prints it, each stage's changes, the resulting packet.</summary>
internal sealed class StoryText(TextWriter output, Colours colours, IReadOnlyList<string> stageIds)
{
    private readonly int _width = stageIds.Select(id => id.Length).DefaultIfEmpty(0).Max();

    /// <summary>Prints packets without colours.</summary>
    public static string Print(IReadOnlyList<string> stageIds, IReadOnlyList<PacketStory> stories)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var writer = new StoryText(text, new Colours(enabled: false), stageIds);
        foreach (var story in stories)
        {
            writer.Write(story);
        }

        return text.ToString();
    }

    public void Write(PacketStory story)
    {
        var time = story.Timestamp == 0 ? "" : ", " + Time(story.Timestamp);
        output.WriteLine(colours.Bold($"packet {story.Number}{time}, {DirectionWord.Of(story.Direction)}"));
        output.WriteLine();
        WritePacket(story.Bytes);
        output.WriteLine();
        foreach (var step in story.Steps)
        {
            WriteStep(step);
        }

        if (story.Steps.Count == 0)
        {
            output.WriteLine("  no stage in this file takes IP packets");
        }

        output.WriteLine();
        if (story.Result is { } result)
        {
            if (result.AsSpan().SequenceEqual(story.Bytes))
            {
                output.WriteLine("The packet leaves unchanged.");
            }
            else
            {
                WritePacket(result);
            }

            output.WriteLine();
        }
    }

    private static string Time(long nanoseconds) => DateTime.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
        .ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private void WritePacket(byte[] bytes)
    {
        var text = PacketText.Describe(bytes);
        foreach (var line in text.Split('\n'))
        {
            output.WriteLine(line
                .Replace("(correct)", $"({colours.Green("correct")})", StringComparison.Ordinal)
                .Replace("incorrect", colours.Red("incorrect"), StringComparison.Ordinal));
        }
    }

    private void WriteStep(StageStep step)
    {
        var label = colours.Bold(step.StageId.PadRight(_width));
        foreach (var line in Lines(step))
        {
            output.WriteLine($"  {label}  {line}");
            label = new string(' ', _width);
        }
    }

    private IEnumerable<string> Lines(StageStep step)
    {
        switch (step.Outcome)
        {
            case StageOutcome.Unchanged:
                yield return colours.Dim("unchanged");
                break;
            case StageOutcome.PassedBy:
                yield return colours.Dim($"passed by: {step.Condition}");
                break;
            case StageOutcome.Dropped:
                yield return $"{colours.Red("dropped")}: {step.Reason!.Description}";
                yield return $"counted as {CounterName.Of(step.Reason)}";
                break;
            case StageOutcome.Taken:
                yield return $"{colours.Yellow("kept")}: the stage took it out, to send it later";
                break;
            case StageOutcome.Threw:
                yield return $"{colours.Red("lost")}: the stage threw: {step.Fault}";
                break;
        }

        foreach (var change in step.Changes)
        {
            yield return colours.Yellow(change.ToString());
        }

        foreach (var (before, after) in StoryWords.Checksums(step))
        {
            yield return $"{before.Name} checksum {Coloured(before)} before, {Coloured(after)} after";
        }

        if (step.After is null)
        {
            foreach (var bad in StoryWords.Judge(step.Before).Where(judged => judged.Verdict == ChecksumVerdict.Bad))
            {
                yield return $"{bad.Name} checksum {Coloured(bad)}";
            }
        }

        if (step.Shadow is { } shadow)
        {
            yield return colours.Yellow($"shadow differs: {(shadow.Changes.Length == 0 ? shadow.Kind : shadow.Changes)}");
        }

        foreach (var made in step.Made)
        {
            yield return $"made a packet, {DirectionWord.Of(made.Direction)}: {PacketText.Summarize(made.Bytes)}";
        }
    }

    private string Coloured(StoryWords.Judged judged) => judged.Verdict switch
    {
        ChecksumVerdict.Valid => colours.Green(judged.Words),
        ChecksumVerdict.Bad => colours.Red(judged.Words),
        _ => judged.Words,
    };
}
