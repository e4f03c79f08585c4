using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Host.Output;
using Culvert.Tools.Views;

namespace Culvert.Host.Commands;

/// <summary><c>culvert list</c>: the pipelines that run on this machine.</summary>
internal static class ListCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var format = FormatOption.Create();
        var command = new Command("list", "Lists the running pipelines whose control sockets lie at the default place.") { format };
        command.SetAction(async (parsed, cancel) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var running = await FindAsync(ControlPath.Existing(), cancel);
            if (parsed.GetValue(format) == OutputFormat.Json)
            {
                JsonOutput.Write(output, new JsonArray([.. running]));
            }
            else if (running.Count > 0)
            {
                Write(running, new VisibleWriter(output));
            }
            else
            {
                parsed.InvocationConfiguration.Error.WriteLine("culvert list: no running pipeline");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Queries every socket; a stale one does not answer and is left out.</summary>
    internal static async Task<IReadOnlyList<JsonObject>> FindAsync(IReadOnlyList<string> places, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(places.Order(StringComparer.Ordinal).Select(place => DescribeAsync(place, cancel)));
        return [.. answers.OfType<JsonObject>()];
    }

    internal static void Write(IReadOnlyList<JsonObject> running, TextWriter output)
    {
        var table = new TextTable("file", " process", " up", "control socket");
        foreach (var pipeline in running)
        {
            table.Add((string)pipeline["file"]!, pipeline["process"]!.ToString(), Quantity.Duration((double)pipeline["uptime-seconds"]!), (string)pipeline["control"]!);
        }

        table.Write(output);
    }

    private static async Task<JsonObject?> DescribeAsync(string place, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            var status = await StatusCommand.AskAsync([place], limit.Token);
            return new JsonObject
            {
                ["file"] = status["file"]?.DeepClone(),
                ["process"] = status["process"]?.DeepClone(),
                ["uptime-seconds"] = status["uptime-seconds"]?.DeepClone(),
                ["control"] = place,
                ["stages"] = new JsonArray([.. (status["stages"] as JsonArray ?? []).Select(stage => (JsonNode?)stage?["id"]?.DeepClone())]),
            };
        }
        catch (Exception error) when (error is IOException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
