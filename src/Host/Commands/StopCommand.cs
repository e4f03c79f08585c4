using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary><c>culvert stop</c>: closes a running pipeline, and waits until it is closed. On every system: no signal is needed.</summary>
internal static class StopCommand
{
    public static Command Create()
    {
        var file = RunningPipeline.CreateArgument();
        var command = new Command("stop", "Closes a running pipeline gracefully, as SIGTERM does, and waits until it is closed.") { file };
        command.SetAction(async (parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                var places = await RunningPipeline.FindAsync(parsed.GetValue(file), cancel);
                await foreach (var answer in ControlClient.AskAsync(places, new JsonObject { ["request"] = RunControl.Stop }, cancel))
                {
                    if (answer["error"] is { } error)
                    {
                        throw new IOException(error.ToString());
                    }
                }

                streams.Output.WriteLine("Stopped.");
                return ExitCodes.Success;
            }
            catch (IOException error)
            {
                streams.Error.WriteLine($"culvert stop: {error.Message}");
                return ExitCodes.Failure;
            }
        });
        return command;
    }
}
