using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Engine.Inspection;
using Culvert.Engine.Running;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>Serves a live capture over the control socket: one object, then pcapng until the client leaves or has what it wanted.</summary>
internal static class RunCapture
{
    /// <summary>The shortest snap length in bytes.</summary>
    public const int MinSnapLength = 16;

    /// <summary>The longest snap length in bytes.</summary>
    public const int MaxSnapLength = 65_535;

    // Packets that have come are written together: nothing wakes a thread for one of them.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private const int PacketsPerWrite = 64;

    /// <summary>Serves one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="current">The pipeline that runs now; a reload may replace it.</param>
    /// <param name="logger">The log that states when secrets are written.</param>
    public static async Task ServeAsync(ControlRequest request, Func<Pipeline> current, ILogger logger)
    {
        if (!TryRead(request, current(), out var wish, out var problem))
        {
            await request.RefuseAsync(problem);
            return;
        }

        var time = request.Value<double?>("seconds");
        if (!await request.TryBeginStreamAsync())
        {
            return;
        }

        await request.ReplyAsync(new JsonObject { ["format"] = "pcapng" });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(request.End);
        if (time is { } seconds)
        {
            limit.CancelAfter(TimeSpan.FromSeconds(Math.Clamp(seconds, RunControl.MinSeconds, RunControl.MaxCaptureSeconds)));
        }

        if (!wish.WithSecrets)
        {
            await WriteAsync(request, wish, current, logger, limit.Token);
            return;
        }

        RunLog.SecretsShared(logger);
        try
        {
            await WriteAsync(request, wish, current, logger, limit.Token);
        }
        finally
        {
            RunLog.SecretsUnshared(logger);
        }
    }

    private static async Task WriteAsync(ControlRequest request, CaptureRequest wish, Func<Pipeline> current, ILogger logger, CancellationToken end)
    {
        var data = new ArrayBufferWriter<byte>();
        using var capture = new LiveCapture(wish, data);
        IReadOnlyList<string>? reported = null;
        while (!capture.IsComplete && !end.IsCancellationRequested)
        {
            capture.Follow(current());
            Report(capture, ref reported, logger);
            while (capture.Collect(PacketsPerWrite))
            {
                await SendAsync(request, data);
            }

            capture.Report();
            await SendAsync(request, data);
            await Task.Delay(capture.IsComplete ? TimeSpan.Zero : Pause, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task SendAsync(ControlRequest request, ArrayBufferWriter<byte> data)
    {
        if (data.WrittenCount > 0)
        {
            await request.WriteAsync(data.WrittenMemory);
            // There may be secrets in it.
            data.Clear();
        }
    }

    private static void Report(LiveCapture capture, ref IReadOnlyList<string>? reported, ILogger logger)
    {
        if (capture.Problems is { Count: > 0 } problems && problems != reported)
        {
            reported = problems;
            RunLog.SecretsMissing(logger, string.Join("; ", problems));
        }
    }

    private static bool TryRead(
        ControlRequest wish, Pipeline pipeline, [NotNullWhen(true)] out CaptureRequest? request, [NotNullWhen(false)] out string? problem)
    {
        request = null;
        if (!RunControl.TryReadFilter(wish.Value<string>("filter") ?? "", out var filter, out problem))
        {
            return false;
        }

        CapturePlace? place = null;
        if (wish.Value<string>("at") is { } at)
        {
            var ids = pipeline.Plan.Stages.Select(stage => stage.Entry.Id).ToArray();
            if (!CapturePlace.TryParse(at, out place) || !ids.Contains(place.StageId))
            {
                problem = $"'{at}' is not a place of the pipeline; write STAGE, STAGE:above or STAGE:below, where STAGE is one of {string.Join(", ", ids)}";
                return false;
            }
        }

        request = new CaptureRequest(filter)
        {
            Place = place,
            Count = Math.Max(1, wish.Value<long?>("count") ?? long.MaxValue),
            WithSecrets = wish.Value<bool>("keys"),
            SnapLength = Math.Clamp(wish.Value<int?>("snaplen") ?? MaxSnapLength, MinSnapLength, MaxSnapLength),
        };
        return true;
    }
}
