using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Host.Output;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary><c>culvert trace</c>: what each stage of a running pipeline does to the next packets that match a filter.</summary>
internal static class TraceCommand
{
    public static Command Create()
    {
        var filter = new Argument<string[]>(CommandLineRules.Filter)
        {
            Description = "A filter expression in tcpdump's words, for example host 10.0.0.1 and tcp port 80. Default: all packets.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var file = new Option<string?>("--file")
        {
            Description = RunningPipeline.Description,
            HelpName = "FILE",
        };
        var count = new Option<int>("--count")
        {
            Description = "How many packets.",
            HelpName = "N",
            DefaultValueFactory = _ => 10,
            CustomParser = result => OptionValues.Number(result, 1, RunControl.MaxTraced),
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long to wait for them.",
            HelpName = "N",
            DefaultValueFactory = _ => 30,
            CustomParser = result => OptionValues.Number(result, RunControl.MinSeconds, RunControl.MaxSeconds),
        };
        var format = FormatOption.Create();
        var command = new Command("trace", "Shows stage by stage what becomes of the next packets in a running pipeline.")
        {
            filter, file, count, seconds, format,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            var words = string.Join(' ', parsed.GetValue(filter) ?? []);
            if (!RunControl.TryReadFilter(words, out _, out var problem))
            {
                streams.Error.WriteLine($"culvert trace: {problem}");
                return ExitCodes.WrongInput;
            }

            var request = new JsonObject
            {
                ["request"] = RunControl.Trace,
                ["filter"] = words,
                ["count"] = parsed.GetValue(count),
                ["seconds"] = parsed.GetValue(seconds),
            };
            return await AnswerStream.ShowAsync("trace", parsed.GetValue(file), request, WriteText, parsed.GetValue(format), streams, cancel);
        });
        return command;
    }

    /// <summary>A packet's way, one line a stage.</summary>
    internal static void WriteText(JsonObject trace, TextWriter output)
    {
        output.WriteLine($"{trace["direction"]}, {trace["entered"]}:");
        WriteIndented(trace["packet"]!.ToString(), output);
        var steps = trace["steps"]!.AsArray().Select(step => step!.AsObject()).ToArray();
        var width = steps.Select(step => step["stage"]!.ToString().Length).DefaultIfEmpty().Max();
        foreach (var step in steps)
        {
            output.WriteLine($"  {step["stage"]!.ToString().PadRight(width)}  {DescribeStep(step)}");
            if (step["packet"] is { } packet)
            {
                WriteIndented(packet.ToString(), output);
            }
        }

        output.WriteLine();
    }

    private static string DescribeStep(JsonObject step)
    {
        var changes = string.Join(", ", step["changes"]!.AsArray());
        return step["outcome"]!.ToString() switch
        {
            "passed-by" => $"passed by: {step["reason"]}",
            "dropped" => $"dropped: {step["reason"]}",
            "taken" => "kept by the stage for later",
            "faulted" => "lost: the stage threw",
            _ => changes.Length == 0 ? "unchanged" : changes,
        };
    }

    private static void WriteIndented(string text, TextWriter output)
    {
        foreach (var line in text.Split('\n'))
        {
            output.WriteLine($"    {line.TrimEnd()}");
        }
    }
}
