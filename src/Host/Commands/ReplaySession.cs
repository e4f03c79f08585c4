using System.Text.Json.Nodes;
using Culvert.Engine.Planning;
using Culvert.Host.Output;
using Culvert.Tools.Captures;
using Culvert.Tools.Replay;

namespace Culvert.Host.Commands;

/// <summary>One replay, through one site's stages or through both sites, with its report.</summary>
internal abstract class ReplaySession : IDisposable
{
    public static ReplaySession Create(PipelinePlan plan, ReplayRequest request, CaptureWriter? output) => request.Twin is { } conditions
        ? new Twin(new TwinReplayer(plan, conditions, output), request)
        : new Single(new Replayer(plan, request.Direction, output), request);

    public abstract void Run(CaptureReader capture, Action<long> progress, CancellationToken cancellation);

    /// <summary>Writes the report.</summary>
    /// <returns>False when the pipeline could not continue.</returns>
    public abstract bool Report(TextWriter output);

    public abstract void Dispose();

    private static void Show(TextWriter output, ReplayRequest request, Func<JsonObject> json, Action text)
    {
        if (request.Format == OutputFormat.Json)
        {
            JsonOutput.Write(output, json());
        }
        else
        {
            text();
        }
    }

    private sealed class Single(Replayer replayer, ReplayRequest request) : ReplaySession
    {
        public override void Run(CaptureReader capture, Action<long> progress, CancellationToken cancellation) =>
            replayer.Run(capture, progress, cancellation);

        public override bool Report(TextWriter output)
        {
            var report = replayer.Report;
            Show(output, request, () => ReplayJson.ToJson(report), () => ReplayText.Write(report, request, output));
            return report.Failure is null;
        }

        public override void Dispose() => replayer.Dispose();
    }

    private sealed class Twin(TwinReplayer replayer, ReplayRequest request) : ReplaySession
    {
        public override void Run(CaptureReader capture, Action<long> progress, CancellationToken cancellation) =>
            replayer.Run(capture, progress, cancellation);

        public override bool Report(TextWriter output)
        {
            var report = replayer.Report;
            Show(output, request, () => ReplayJson.ToJson(report), () => TwinText.Write(report, request, output));
            return report.Failure is null;
        }

        public override void Dispose() => replayer.Dispose();
    }
}
