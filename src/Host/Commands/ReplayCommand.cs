using System.CommandLine;
using Culvert.Engine.Planning;
using Culvert.Host.Output;
using Culvert.Tools.Captures;

namespace Culvert.Host.Commands;

/// <summary><c>culvert replay</c>: runs a capture through the stages that take IP packets.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var input = new Option<string>("--in")
        {
            Description = "The capture, pcap or pcapng, of raw IP or Ethernet; - for standard input.",
            HelpName = "CAPTURE",
            Required = true,
        };
        var output = new Option<string?>("--write", "--out")
        {
            Description = "Writes what comes out, with its times: a pcapng when the name ends so, else a pcap.",
            HelpName = "CAPTURE",
        };
        var direction = DirectionOption.Create();
        var twin = TwinOptions.Create();
        var format = FormatOption.Create();
        var file = FileArgument.Create();
        var command = new Command("replay", "Runs captured packets through the file's stages that take IP packets; opens no device or socket.")
        {
            input, output, direction, format, file,
        };
        twin.AddTo(command, direction);
        command.SetAction((parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            var request = new ReplayRequest(
                parsed.GetRequiredValue(input), parsed.GetValue(output), parsed.GetValue(direction), parsed.GetValue(format),
                twin.Read(parsed), parsed.GetRequiredValue(file));
            var code = OfflineFile.TryPlan(request.File, streams.Error, out var plan)
                ? OfflineFile.Guard(request.Input, streams.Error, () => Run(plan, request, streams.Output, streams.Error, cancel))
                : ExitCodes.WrongInput;
            return Task.FromResult(code);
        });
        return command;
    }

    private static int Run(
        PipelinePlan plan, ReplayRequest request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        using var capture = CaptureReader.Open(request.Input);
        using var written = request.Output is null ? null : CaptureWriter.Create(request.Output, capture.IsNanoseconds, request.Input, request.File);
        using var session = ReplaySession.Create(plan, request, written);
        using (var progress = ProgressBar.For(error, request.Input))
        {
            try
            {
                session.Run(capture, position => progress.Show(position, capture.Count), cancellation);
            }
            catch (CaptureException wrong)
            {
                // What was good before it is replayed: that is reported as well.
                progress.Clear();
                session.Report(output);
                error.WriteLine($"{request.Input}: {wrong.Message}; the {capture.Count} records before it were replayed");
                return ExitCodes.WrongInput;
            }
        }

        return session.Report(output) ? ExitCodes.Success : ExitCodes.Failure;
    }
}
