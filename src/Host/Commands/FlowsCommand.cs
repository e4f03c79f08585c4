using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Host.Output;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary><c>culvert status --flows</c>: the flows that a running pipeline's stages know.</summary>
internal static class FlowsCommand
{
    /// <summary>Requests the flows and prints them.</summary>
    /// <param name="places">Where the control socket may lie.</param>
    /// <param name="words">The filter.</param>
    /// <param name="format">A table, or a line of JSON for each flow.</param>
    /// <param name="streams">For output and mistakes.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="IOException">No pipeline answers, or it refuses.</exception>
    public static async Task<int> ShowAsync(
        IReadOnlyList<string> places, string[] words, OutputFormat format, InvocationConfiguration streams, CancellationToken cancel)
    {
        var filter = string.Join(' ', words);
        if (!RunControl.TryReadFilter(filter, out _, out var problem))
        {
            streams.Error.WriteLine($"culvert status: --flows: {problem}");
            return ExitCodes.WrongInput;
        }

        var table = new TextTable("stage", "protocol", "source", "destination", "direction", "state", " left", " port");
        var request = new JsonObject { ["request"] = RunControl.Flows, ["filter"] = filter };
        await foreach (var answer in ControlClient.AskAsync(places, request, cancel))
        {
            if (answer["error"] is { } error)
            {
                throw new IOException(error.ToString());
            }

            if (format == OutputFormat.Json)
            {
                JsonOutput.WriteLine(streams.Output, answer);
            }
            else if (answer["more"] is { } more)
            {
                table.Write(new VisibleWriter(streams.Output));
                streams.Output.Write((long)more == 0 ? "" : $"and {more} more\n");
            }
            else
            {
                Add(table, answer);
            }
        }

        return ExitCodes.Success;
    }

    private static void Add(TextTable table, JsonObject flow)
    {
        if (flow["problem"] is { } problem)
        {
            table.Add(Cell(flow, "stage"), problem.ToString(), "", "", "", "", "", "");
            return;
        }

        table.Add(
            Cell(flow, "stage"), Cell(flow, "protocol"), Cell(flow, "source"), Cell(flow, "destination"), Cell(flow, "direction"),
            Cell(flow, "state"), $"{Cell(flow, "seconds-left")} s", Cell(flow, "external-port"));
    }

    private static string Cell(JsonObject flow, string key) => flow[key]?.ToString() ?? "";
}
