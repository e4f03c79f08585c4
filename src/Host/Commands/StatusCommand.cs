using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Host.Output;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary><c>culvert status</c>: a running pipeline's peers, stages, counters and times.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var file = RunningPipeline.CreateArgument();
        var flows = new Option<string[]>("--flows")
        {
            Description = "List the flows that stages know, those that match FILTER, instead of the status. FILTER is as in 'culvert trace'.",
            HelpName = "FILTER",
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var format = FormatOption.Create();
        var command = new Command("status", "Shows a running pipeline: peers, stages, counters, ns per packet.") { file, flows, format };
        command.SetAction(async (parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                var places = await RunningPipeline.FindAsync(parsed.GetValue(file), cancel);
                if (parsed.GetResult(flows) is not null)
                {
                    return await FlowsCommand.ShowAsync(places, parsed.GetValue(flows) ?? [], parsed.GetValue(format), streams, cancel);
                }

                var status = await AskAsync(places, cancel);
                if (parsed.GetValue(format) == OutputFormat.Json)
                {
                    JsonOutput.Write(streams.Output, status);
                }
                else
                {
                    new VisibleWriter(streams.Output).Write(StatusText.Render(status));
                }

                return ExitCodes.Success;
            }
            catch (IOException error)
            {
                streams.Error.WriteLine($"culvert status: {error.Message}");
                return ExitCodes.Failure;
            }
        });
        return command;
    }

    /// <summary>Requests the status.</summary>
    /// <exception cref="IOException">No pipeline answers.</exception>
    public static Task<JsonObject> AskAsync(IReadOnlyList<string> places, CancellationToken cancel) =>
        RunningPipeline.AskAsync(places, RunControl.Status, Patience, cancel);
}
