using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Inspection;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>Answers what other commands ask a running pipeline over its control socket.</summary>
/// <param name="path">The pipeline's file.</param>
/// <param name="current">The pipeline that runs now; a reload may have replaced it.</param>
/// <param name="getStatus">The status of that pipeline.</param>
/// <param name="read">Reads the file again, applies it or not, and waits for the result.</param>
/// <param name="events">What happens in the pipeline.</param>
/// <param name="stop">Begins to close the pipeline and end the program.</param>
/// <param name="logger">The program's log.</param>
internal sealed class RunControl(
    string path, Func<Pipeline> current, Func<JsonObject> getStatus, Func<RunAction, CancellationToken, Task<ReloadReport>> read,
    EventFeed events, Action stop, ILogger logger)
{
    /// <summary>The most packets that one request traces.</summary>
    public const int MaxTraced = 100_000;

    /// <summary>The shortest time in seconds that a request traces.</summary>
    public const double MinSeconds = 0.1;

    /// <summary>The longest time in seconds that a request traces.</summary>
    public const double MaxSeconds = 3600;

    /// <summary>The longest time in seconds that a request captures: 30 days.</summary>
    public const double MaxCaptureSeconds = 2_592_000;

    /// <summary>The request for a status.</summary>
    public const string Status = "status";

    /// <summary>The request for the next packets' way through the stages.</summary>
    public const string Trace = "trace";

    /// <summary>The request for the last events, and for those to come.</summary>
    public const string Events = "events";

    /// <summary>The request for packets as they pass, as pcapng.</summary>
    public const string Capture = "capture";

    /// <summary>The request for the flows that stages know.</summary>
    public const string Flows = "flows";

    /// <summary>The request to read the file again.</summary>
    public const string Reload = "reload";

    /// <summary>The request to read the file again and change nothing.</summary>
    public const string Check = "check";

    /// <summary>The request to close. The answer comes at once; the connection ends when all is closed.</summary>
    public const string Stop = "stop";

    public async Task AnswerAsync(ControlRequest request)
    {
        var name = request.Value<string>("request");
        switch (name)
        {
            case Status:
                await request.ReplyAsync(GetStatus());
                break;
            case Trace:
                await TraceAsync(request);
                break;
            case Events:
                await SendEventsAsync(request);
                break;
            case Capture:
                await RunCapture.ServeAsync(request, current, logger);
                break;
            case Flows:
                await ListFlowsAsync(request);
                break;
            case Reload:
                await ReadAsync(request, RunAction.Reload);
                break;
            case Check:
                await ReadAsync(request, RunAction.Check);
                break;
            case Stop:
                await StopAsync(request);
                break;
            default:
                await request.RefuseAsync($"unknown request '{name}'");
                break;
        }
    }

    private async Task SendEventsAsync(ControlRequest request)
    {
        var follows = request.Value<bool>("follow");
        if (follows && !await request.TryBeginStreamAsync())
        {
            return;
        }

        using var reader = events.Open();
        foreach (var line in reader.First)
        {
            await request.ReplyAsync(line);
        }

        if (follows)
        {
            await foreach (var line in reader.FollowAsync(request.End))
            {
                await request.ReplyAsync(line);
            }
        }
    }

    private async Task ReadAsync(ControlRequest request, RunAction action)
    {
        if (await request.TryBeginStreamAsync())
        {
            await request.ReplyAsync((await read(action, request.End)).ToJson());
        }
    }

    // The program's end is the end of the stream.
    private async Task StopAsync(ControlRequest request)
    {
        if (await request.TryBeginStreamAsync())
        {
            await request.ReplyAsync(new JsonObject { ["process"] = Environment.ProcessId });
            stop();
            await Task.Delay(Timeout.Infinite, request.End).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A line for each flow, and a last one with the number of those that are not listed.
    private async Task ListFlowsAsync(ControlRequest request)
    {
        if (!TryReadFilter(request.Value<string>("filter") ?? "", out var filter, out var problem))
        {
            await request.RefuseAsync(problem);
            return;
        }

        if (!await request.TryBeginStreamAsync())
        {
            return;
        }

        var (flows, more) = current().ListFlows(filter);
        foreach (var flow in flows)
        {
            await request.ReplyAsync(flow);
        }

        await request.ReplyAsync(new JsonObject { ["more"] = more });
    }

    private async Task TraceAsync(ControlRequest request)
    {
        if (!TryReadFilter(request.Value<string>("filter") ?? "", out var filter, out var problem))
        {
            await request.RefuseAsync(problem);
            return;
        }

        var count = Math.Clamp(request.Value<int?>("count") ?? 1, 1, MaxTraced);
        var seconds = Math.Clamp(request.Value<double?>("seconds") ?? 1, MinSeconds, MaxSeconds);
        if (!await request.TryBeginStreamAsync())
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(request.End);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            await foreach (var trace in current().TraceAsync(filter, count, limit.Token))
            {
                await request.ReplyAsync(trace.ToJson());
            }
        }
        catch (OperationCanceledException) when (!request.End.IsCancellationRequested)
        {
            // The time is up: what came was written.
        }
    }

    /// <summary>Reads a filter expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="filter">The filter, when true is returned.</param>
    /// <param name="problem">What is wrong, when false is returned. It quotes words of the expression, but none of a key.</param>
    public static bool TryReadFilter(string text, [NotNullWhen(true)] out PacketFilter? filter, [NotNullWhen(false)] out string? problem)
    {
        var valid = PacketFilter.TryParse(text, out filter, out var error);
        problem = error is null ? null : SecretMask.Masks(text) ? "the filter has a word that could be a key (not shown); write a condition such as host, net or port" : error.ToString();
        return valid;
    }

    /// <summary>Returns the status with what runs: the answer to <see cref="Status"/>.</summary>
    public JsonObject GetStatus()
    {
        var status = getStatus();
        status.Insert(0, "file", Path.GetFullPath(path));
        status.Insert(1, "process", Environment.ProcessId);
        status.Insert(2, "version", ProductVersion.Number);
        status.Insert(3, "time", DateTimeOffset.Now.ToString("O"));
        return status;
    }
}
