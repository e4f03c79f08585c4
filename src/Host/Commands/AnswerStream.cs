using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Host.Output;

namespace Culvert.Host.Commands;

/// <summary>Answers of a running pipeline that come one by one, until it ends them or Ctrl-C.</summary>
internal static class AnswerStream
{
    /// <summary>Asks and writes each answer.</summary>
    /// <param name="command">The command's name, for its errors.</param>
    /// <param name="target">The FILE or socket that the user wrote; null for the only pipeline that runs.</param>
    /// <param name="request">The request.</param>
    /// <param name="write">Writes one answer as text.</param>
    /// <param name="format">Text, or each answer as JSON.</param>
    /// <param name="streams">The command's streams.</param>
    /// <param name="cancel">Ends it, with success.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ShowAsync(
        string command, string? target, JsonObject request, Action<JsonObject, TextWriter> write, OutputFormat format, InvocationConfiguration streams,
        CancellationToken cancel)
    {
        try
        {
            var output = new VisibleWriter(streams.Output);
            await foreach (var answer in ControlClient.AskAsync(await RunningPipeline.FindAsync(target, cancel), request, cancel))
            {
                if (answer["error"] is { } error)
                {
                    throw new IOException(error.ToString());
                }

                if (format == OutputFormat.Json)
                {
                    JsonOutput.WriteLine(output, answer);
                }
                else
                {
                    write(answer, output);
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
            streams.Error.WriteLine($"culvert {command}: {error.Message}");
            return ExitCodes.Failure;
        }
    }
}
