using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
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
        command.SetAction(async (parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            var request = new JsonObject { ["request"] = RunControl.Events, ["follow"] = parsed.GetValue(follow) };
            try
            {
                var output = new VisibleWriter(streams.Output);
                await foreach (var line in ControlClient.AskAsync(await RunningPipeline.FindAsync(parsed.GetValue(file), cancel), request, cancel))
                {
                    if (line["error"] is { } error)
                    {
                        throw new IOException(error.ToString());
                    }

                    if (parsed.GetValue(format) == OutputFormat.Json)
                    {
                        JsonOutput.WriteLine(output, line);
                    }
                    else
                    {
                        output.WriteLine(Text(line));
                    }
                }

                return ExitCodes.Success;
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Success;
            }
            catch (IOException error)
            {
                streams.Error.WriteLine($"culvert events: {error.Message}");
                return ExitCodes.Failure;
            }
        });
        return command;
    }

    /// <summary>Time, event, source and message, each but the last without a space, so that a shell's <c>read</c> takes them apart.</summary>
    internal static string Text(JsonObject line) => $"{line["time"]} {line["event"] ?? "-"} {line["source"]} {line["message"]}";
}
