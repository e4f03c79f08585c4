using System.Text.Json.Nodes;
using Culvert.Engine.Inspection;
using Culvert.Engine.Running;
using Culvert.Filtering;

namespace Culvert.Host.Run;

/// <summary>Answers what other commands ask a running pipeline over its control socket.</summary>
/// <param name="path">The pipeline's file.</param>
/// <param name="current">The pipeline that runs now; a reload may have replaced it.</param>
/// <param name="getStatus">The status of that pipeline.</param>
/// <param name="reload">Reads the file again, and waits for the result.</param>
internal sealed class RunControl(
    string path, Func<Pipeline> current, Func<JsonObject> getStatus, Func<CancellationToken, Task<ReloadReport>> reload)
{
    private const int MostTraced = 100_000;
    private const double MostSeconds = 3600;

    /// <summary>The request for a status.</summary>
    public const string Status = "status";

    /// <summary>The request for the next packets' way through the stages.</summary>
    public const string Trace = "trace";

    /// <summary>The request to read the file again.</summary>
    public const string Reload = "reload";

    public async Task AnswerAsync(JsonObject request, Func<JsonObject, Task> reply, CancellationToken cancel)
    {
        switch ((string?)request["request"])
        {
            case Status:
                await reply(GetStatus());
                break;
            case Trace:
                await TraceAsync(request, reply, cancel);
                break;
            case Reload:
                await reply((await reload(cancel)).ToJson());
                break;
            default:
                await reply(Refusal($"unknown request '{request["request"]}'"));
                break;
        }
    }

    private async Task TraceAsync(JsonObject request, Func<JsonObject, Task> reply, CancellationToken cancel)
    {
        if (!PacketFilter.TryParse((string?)request["filter"] ?? "", out var filter, out var error))
        {
            await reply(Refusal(error.ToString()));
            return;
        }

        // Bounded, because a client that has gone is noticed only when something is written to it.
        var count = Math.Clamp((int?)request["count"] ?? 1, 1, MostTraced);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(Math.Clamp((double?)request["seconds"] ?? 1, 0.1, MostSeconds)));
        try
        {
            await foreach (var trace in current().TraceAsync(filter, count, limit.Token))
            {
                await reply(trace.ToJson());
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The time is up: what came was written.
        }
    }

    private static JsonObject Refusal(string reason) => new() { ["error"] = reason };

    private JsonObject GetStatus()
    {
        var status = getStatus();
        status.Insert(0, "file", Path.GetFullPath(path));
        status.Insert(1, "process", Environment.ProcessId);
        return status;
    }
}
