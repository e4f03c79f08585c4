using Culvert.Tools.Captures;
using Culvert.Engine.Inspection;

namespace Culvert.Tools.Replay;

/// <summary>
/// Writes packets' stories into a pcapng: one interface for each boundary between stages, on it the packet as it was there, in its
/// comment what the stage before it changed. Not thread-safe.
/// </summary>
internal sealed class StoryCapture
{
    private readonly CaptureWriter _output;
    private readonly int[] _boundaries;

    /// <summary>Writes the interfaces.</summary>
    /// <param name="output">A pcapng; the caller disposes it.</param>
    /// <param name="stageIds">The stages in the order in which a packet meets them.</param>
    public StoryCapture(CaptureWriter output, IReadOnlyList<string> stageIds)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(stageIds);
        _output = output;
        var names = stageIds.Count == 0 ? ["no stages"] : stageIds.Select(id => "after " + id).Prepend("before " + stageIds[0]);
        _boundaries = [.. names.Select(name => output.AddInterface(name, LinkType.RawIp))];
    }

    /// <summary>Writes one packet at every boundary that it reached.</summary>
    public void Write(PacketStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        Write(story, boundary: 0, story.Bytes, Next(story, 0));
        for (var i = 0; i < story.Steps.Count; i++)
        {
            var step = story.Steps[i];
            if (step.After is { } after)
            {
                var comment = step.Outcome == StageOutcome.Changed ? $"{step.StageId} changed {string.Join(", ", step.Changes)}" : null;
                Write(story, i + 1, after, Join(comment, Next(story, i + 1)));
            }
        }
    }

    private static string? Join(string? first, string? second) => first is null || second is null ? first ?? second : $"{first}; {second}";

    /// <summary>The comment on a packet that a stage keeps, attached where the packet was last seen.</summary>
    private static string? Next(PacketStory story, int index)
    {
        if (index >= story.Steps.Count || story.Steps[index].After is not null)
        {
            return null;
        }

        var step = story.Steps[index];
        return step.Outcome switch
        {
            StageOutcome.Dropped => $"{step.StageId} dropped it: {CounterName.Of(step.Reason!)}",
            StageOutcome.Taken => $"{step.StageId} kept it for later",
            _ => $"{step.StageId} threw: {step.Fault}",
        };
    }

    private void Write(PacketStory story, int boundary, byte[] bytes, string? comment) =>
        _output.Write(_boundaries[boundary], story.Timestamp, [], bytes, bytes.Length, comment);
}
