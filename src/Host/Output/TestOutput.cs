using System.Globalization;
using Culvert.Tools.Cases;
using Culvert.Wire;

namespace Culvert.Host.Output;

/// <summary>The format of the results of tests.</summary>
internal enum TestFormat
{
    /// <summary>Human-readable.</summary>
    Text,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>JUnit's XML.</summary>
    Junit,
}

/// <summary>Writes the results of tests, as they come or at the end.</summary>
internal abstract class TestOutput
{
    public static TestOutput Create(TestFormat format, TextWriter output) => format switch
    {
        TestFormat.Json => new TestJson(output),
        TestFormat.Junit => new TestJunit(output),
        _ => new TestText(output),
    };

    /// <summary>The tests of a file follow.</summary>
    public abstract void Begin(CaseFile file);

    /// <summary>Takes the result of a test.</summary>
    public abstract void Write(CaseResult result);

    /// <summary>No test follows.</summary>
    public abstract void End();

    /// <summary>Writes the packet of a failure: its way as <c>explain</c> prints it, or what came in and what left.</summary>
    protected static void WritePacket(CaseResult result, CaseFailure failure, TextWriter output, Colours colours)
    {
        if (failure.Story is { } story)
        {
            string[] stages = [.. story.Steps.Select(step => step.StageId)];
            new StoryText(output, colours, stages.Length == 0 ? result.StageIds : stages).Write(story);
        }

        foreach (var (word, bytes) in new[] { ("in", failure.Before), ("out", failure.After) })
        {
            if (bytes is not null && failure.Story is null)
            {
                output.WriteLine($"{word}: {PacketText.Describe(bytes)}");
                output.WriteLine();
            }
        }
    }
}

/// <summary>Human-readable results: the tests that failed, each with its packet, and a line of sums at the end.</summary>
internal sealed class TestText(TextWriter output) : TestOutput
{
    private readonly Colours _colours = Colours.For(output);
    private (int Passed, int Failed) _count;

    public override void Begin(CaseFile file)
    {
    }

    public override void Write(CaseResult result)
    {
        if (result.Passed)
        {
            _count.Passed++;
            return;
        }

        _count.Failed++;
        output.WriteLine($"{result.Case.Position}: {_colours.Red("failed")}: {_colours.Bold(result.Case.Name)}");
        foreach (var (failure, next) in result.Failures.Zip(result.Failures.Skip(1).Append(null)))
        {
            output.WriteLine($"  {failure.Position}: {failure.Message.Replace("\n", "\n    ", StringComparison.Ordinal)}");

            // Once for all that differs in one packet.
            if ((failure.Story ?? (object?)failure.After ?? failure.Before) is { } packet && packet != (next?.Story ?? (object?)next?.After ?? next?.Before))
            {
                output.WriteLine();
                WritePacket(result, failure, output, _colours);
            }
        }
    }

    public override void End() =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_count.Passed} passed, {_count.Failed} failed"));
}
