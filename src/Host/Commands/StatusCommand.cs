using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Host.Doctor;
using Culvert.Host.Output;
using Culvert.Host.Run;
using Culvert.Tools.Views;

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
            HelpName = CommandLineRules.Filter,
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var peers = ShownPeers.CreateOption();
        var peer = ShownPeers.CreateOnlyOption();
        var check = new Option<bool>("--check")
        {
            Description = "Print only what is wrong: exit code 0 for a healthy pipeline, 3 for problems. For monitoring.",
        };
        var format = FormatOption.Create();
        var command = new Command("status", "Shows a running pipeline: peers, stages, counters, ns per packet.") { file, peers, peer, check, flows, format };
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
                if (parsed.GetValue(check))
                {
                    return WriteProblems(status, parsed.GetValue(format), streams.Output);
                }

                Write(status, new ShownPeers(parsed.GetValue(peers), parsed.GetValue(peer)), parsed.GetValue(format), streams.Output);
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

    private static void Write(JsonObject status, ShownPeers shown, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Text)
        {
            new VisibleWriter(output).Write(StatusText.Render(PipelineView.Read(status), shown));
            return;
        }

        shown.Restrict(status);
        JsonOutput.Write(output, status);
    }

    /// <summary>Prints what keeps a pipeline from its work.</summary>
    /// <returns><see cref="ExitCodes.Success"/> or <see cref="ExitCodes.ProblemsFound"/>.</returns>
    internal static int WriteProblems(JsonObject status, OutputFormat format, TextWriter output)
    {
        var problems = Checks.Run(Checks.OfHealth, new Site { Status = status });
        if (format == OutputFormat.Json)
        {
            JsonOutput.Write(output, new JsonObject { ["file"] = status["file"]?.DeepClone(), ["problems"] = FindingOutput.ToJson(problems) });
        }
        else
        {
            FindingOutput.Write(problems, output);
        }

        return problems.Count == 0 ? ExitCodes.Success : ExitCodes.ProblemsFound;
    }

    /// <summary>Requests the status.</summary>
    /// <exception cref="IOException">No pipeline answers.</exception>
    public static Task<JsonObject> AskAsync(IReadOnlyList<string> places, CancellationToken cancel) =>
        RunningPipeline.AskAsync(places, RunControl.Status, Patience, cancel);
}
