using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Host.Output;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary><c>culvert events</c>: what has happened in a running pipeline, and what happens.</summary>
internal static class EventsCommand
{
    public static Command Create()
    {
        var file = RunningPipeline.CreateArgument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Continue with the events to come, until Ctrl-C or the pipeline closes." };
        var format = FormatOption.Create();
        var command = new Command("events", "Shows the last events of a running pipeline: peers up and down, reloads, faults.") { file, follow, format };
        command.SetAction((parsed, cancel) =>
        {
            var request = new JsonObject { ["request"] = RunControl.Events, ["follow"] = parsed.GetValue(follow) };
            return AnswerStream.ShowAsync(
                "events", parsed.GetValue(file), request, (line, output) => output.WriteLine(Text(line)), parsed.GetValue(format), parsed.InvocationConfiguration, cancel);
        });
        return command;
    }

    /// <summary>Time, event, source and message, each but the last without a space, so that a shell's <c>read</c> takes them apart.</summary>
    internal static string Text(JsonObject line) => $"{line["time"]} {line["event"] ?? "-"} {line["source"]} {line["message"]}";
}
