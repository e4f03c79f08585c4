using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Host.Output;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary><c>culvert reload</c>: makes a running pipeline read its file again, and waits for the result.</summary>
internal static class ReloadCommand
{
    public static Command Create()
    {
        var file = RunningPipeline.CreateArgument();
        var format = FormatOption.Create();
        var command = new Command("reload", "Makes a running pipeline read its file again, and waits; a wrong file changes nothing.") { file, format };
        command.SetAction((parsed, cancel) =>
            AskAsync(parsed.GetValue(file), RunControl.Reload, parsed.GetValue(format), parsed.InvocationConfiguration, cancel));
        return command;
    }

    /// <summary>Makes a running pipeline read its file, and prints the result.</summary>
    /// <param name="target">The running pipeline; null for the only one.</param>
    /// <param name="request">Reload or check.</param>
    /// <param name="format">How to print it.</param>
    /// <param name="streams">Where to.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> AskAsync(
        string? target, string request, OutputFormat format, InvocationConfiguration streams, CancellationToken cancel)
    {
        try
        {
            var answer = await RunningPipeline.AskAsync(await RunningPipeline.FindAsync(target, cancel), request, Timeout.InfiniteTimeSpan, cancel);
            return Write(request, answer, format, streams.Output, streams.Error);
        }
        catch (IOException error)
        {
            streams.Error.WriteLine($"culvert {request}: {error.Message}");
            return ExitCodes.Failure;
        }
    }

    /// <summary>Prints the result: diagnostics to standard error, the rest to standard output.</summary>
    /// <param name="request">Reload or check.</param>
    /// <param name="answer">The pipeline's answer.</param>
    /// <param name="format">How to print it.</param>
    /// <param name="output">For the result.</param>
    /// <param name="error">For diagnostics.</param>
    /// <returns>The exit code.</returns>
    internal static int Write(string request, JsonObject answer, OutputFormat format, TextWriter output, TextWriter error)
    {
        var outcome = (string?)answer["outcome"];
        if (format == OutputFormat.Json)
        {
            JsonOutput.Write(output, answer);
        }
        else
        {
            foreach (var line in answer["lines"]!.AsArray())
            {
                error.WriteLine((string?)line);
            }

            WriteOutcome(request, answer, outcome, new VisibleWriter(output), error);
        }

        return outcome switch
        {
            ReloadReport.Applied or ReloadReport.Reopened or ReloadReport.Valid => ExitCodes.Success,
            ReloadReport.Refused => ExitCodes.WrongInput,
            _ => ExitCodes.Failure,
        };
    }

    private static void WriteOutcome(string request, JsonObject answer, string? outcome, TextWriter output, TextWriter error)
    {
        switch (outcome)
        {
            case ReloadReport.Applied:
                output.WriteLine(
                    $"Reloaded: kept {Ids(answer["kept"])}; changed {Ids(answer["changed"])}; added {Ids(answer["added"])}; removed {Ids(answer["removed"])}.");
                break;
            case ReloadReport.Reopened:
                output.WriteLine($"Reloaded: the pipeline was closed and opened again: {answer["reason"]}.");
                break;
            case ReloadReport.Valid:
                output.WriteLine("The file is valid; the running pipeline is unchanged.");
                break;
            case ReloadReport.Refused:
                error.WriteLine($"culvert {request}: the file has errors; the running pipeline is unchanged");
                break;
            default:
                error.WriteLine($"culvert {request}: {answer["reason"]}{(answer["remedy"] is { } remedy ? $"; {remedy}" : "")}");
                break;
        }
    }

    private static string Ids(JsonNode? ids) => ids is JsonArray { Count: > 0 } array ? string.Join(", ", array.Select(id => (string?)id)) : "none";
}
