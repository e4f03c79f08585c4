using System.CommandLine;
using Culvert.Engine.Planning;
using Culvert.Host.Output;
using Culvert.Packets;
using Culvert.Tools.Captures;
using Culvert.Tools.Diffs;

namespace Culvert.Host.Commands;

/// <summary><c>culvert diff</c>: compares what two pipelines do to captured packets.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var old = new Argument<string>("OLD") { Description = "The pipeline file as it is." };
        var changed = new Argument<string>("NEW") { Description = "The pipeline file as it is to be." };
        var input = new Option<string[]>("--in")
        {
            Description = "A capture, pcap or pcapng; - for standard input. May be given several times.",
            HelpName = "CAPTURE",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var direction = DirectionOption.Create();
        var format = FormatOption.Create();
        var command = new Command("diff", "Compares what two pipelines do to captured packets: every packet whose fate or bytes differ; opens no device or socket.")
        {
            old, changed, input, direction, format,
        };
        command.SetAction((parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            var captures = parsed.GetRequiredValue(input);

            // Both, so that all mistakes are told at once.
            var valid = OfflineFile.TryPlan(parsed.GetRequiredValue(old), streams.Error, out var before)
                & OfflineFile.TryPlan(parsed.GetRequiredValue(changed), streams.Error, out var after);
            var code = valid
                ? OfflineFile.Guard(string.Join(", ", captures), streams.Error, () =>
                    Run(before!, after!, captures, parsed.GetValue(direction), parsed.GetValue(format), streams.Output, streams.Error, cancel))
                : ExitCodes.WrongInput;
            return Task.FromResult(code);
        });
        return command;
    }

    private static int Run(
        PipelinePlan old, PipelinePlan changed, string[] captures, Direction direction, OutputFormat format, TextWriter output, TextWriter error,
        CancellationToken cancellation)
    {
        using var diff = new PipelineDiff(old, changed, direction);
        foreach (var path in captures)
        {
            using var capture = CaptureReader.Open(path);
            using var progress = ProgressBar.For(error, path);
            diff.Run(capture, position => progress.Show(position, capture.Count), cancellation);
        }

        var report = diff.Report;
        if (format == OutputFormat.Json)
        {
            JsonOutput.Write(output, DiffJson.ToJson(report));
        }
        else
        {
            DiffText.Write(report, output);
        }

        return report.Differs ? ExitCodes.Failure : ExitCodes.Success;
    }
}
