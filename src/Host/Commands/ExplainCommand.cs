using System.CommandLine;
using Culvert.Engine.Planning;
using Culvert.Host.Output;
using Culvert.Tools.Captures;

namespace Culvert.Host.Commands;

/// <summary><c>culvert explain</c>: shows what each stage does to each packet.</summary>
internal static class ExplainCommand
{
    /// <summary>The option whose value is a packet.</summary>
    public const string HexOption = "--hex";

    public static Command Create()
    {
        var hex = new Option<string?>(HexOption)
        {
            Description = "The packet in hexadecimal, from its IP header on; spaces, colons and line ends are left out.",
            HelpName = "BYTES",
        };
        var capture = new Option<string?>("--in")
        {
            Description = "A capture, pcap or pcapng, whose packets are explained; - for standard input.",
            HelpName = "CAPTURE",
        };
        var direction = DirectionOption.Create();
        var pcapng = new Option<string?>("--write", "--pcapng")
        {
            Description = "Also writes the packets at every boundary between stages, for Wireshark, with what changed as comments.",
            HelpName = "OUT",
        };
        var changed = new Option<bool>("--changed") { Description = "Shows only the packets that a stage changed or did not pass on." };
        var format = FormatOption.Create();
        var file = FileArgument.Create();
        var command = new Command("explain", "Shows what each stage does to a packet, as tcpdump -v prints packets; opens nothing.")
        {
            hex, capture, direction, pcapng, changed, format, file,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(hex) is null == result.GetResult(capture) is null)
            {
                result.AddError("give the packets with --hex or with --in, one of them");
            }
        });
        command.SetAction(parsed =>
        {
            var streams = parsed.InvocationConfiguration;
            var request = new ExplainRequest(
                parsed.GetValue(hex), parsed.GetValue(capture), parsed.GetValue(direction), parsed.GetValue(pcapng),
                parsed.GetValue(changed), parsed.GetValue(format), parsed.GetRequiredValue(file));
            return OfflineFile.TryPlan(request.File, streams.Error, out var plan)
                ? OfflineFile.Guard(request.Capture ?? HexOption, streams.Error, () => Run(plan, request, streams.Output, streams.Error))
                : ExitCodes.WrongInput;
        });
        return command;
    }

    private static int Run(PipelinePlan plan, ExplainRequest request, TextWriter output, TextWriter error)
    {
        if (request.Hex is { } hex)
        {
            if (!HexText.TryRead(hex, out var bytes, out var problem))
            {
                error.WriteLine($"--hex: {problem}");
                return ExitCodes.WrongInput;
            }

            using var one = new ExplainOutput(plan, request, output);
            one.Explain(1, 0, bytes);
            return ExitCodes.Success;
        }

        using var capture = CaptureReader.Open(request.Capture!);
        using var all = new ExplainOutput(plan, request, output);
        while (capture.TryRead(out var record))
        {
            if (LinkLayer.TryFindIp(record.LinkType, record.Data, out var offset))
            {
                all.Explain(record.Number, record.Timestamp, record.Data[offset..]);
            }
        }

        return ExitCodes.Success;
    }
}
