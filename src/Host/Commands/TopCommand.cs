using System.CommandLine;
using System.Globalization;
using Culvert.Host.Output;
using Culvert.Host.Top;
using Culvert.Tools.Views;
using static Culvert.Tools.Views.Quantity;

namespace Culvert.Host.Commands;

/// <summary><c>culvert top</c>: a running pipeline's rates, live.</summary>
internal static class TopCommand
{
    public static Command Create()
    {
        var file = RunningPipeline.CreateArgument();
        var interval = new Option<double>("--interval")
        {
            Description = "Seconds between two looks.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 1.0,
            CustomParser = result => OptionValues.Number(result, 0.1, 3600),
        };
        var count = new Option<int?>("--count")
        {
            Description = "Print this many looks one below the other, and end.",
            HelpName = "N",
            CustomParser = result => OptionValues.Number(result, 1, int.MaxValue),
        };
        var command = new Command("top", "Shows a running pipeline's rates and peers, live: on the whole terminal, with keys; elsewhere line by line, until Ctrl-C.") { file, interval, count };
        command.SetAction(async (parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            var pause = TimeSpan.FromSeconds(parsed.GetValue(interval));
            try
            {
                var places = await RunningPipeline.FindAsync(parsed.GetValue(file), cancel);
                if (parsed.GetValue(count) is null && TopSession.IsPossible(streams.Output))
                {
                    await new TopSession(token => StatusCommand.AskAsync(places, token), pause, streams.Output).RunAsync(cancel);
                    return ExitCodes.Success;
                }

                await ShowAsync(places, pause, parsed.GetValue(count) ?? int.MaxValue, streams.Output, cancel);
                return ExitCodes.Success;
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Success;
            }
            catch (IOException error)
            {
                streams.Error.WriteLine($"culvert top: {error.Message}");
                return ExitCodes.Failure;
            }
        });
        return command;
    }

    /// <summary>The rates of a view, one line a stage.</summary>
    internal static void WriteRates(PipelineView view, TextWriter output)
    {
        output.WriteLine($"{view.File}: MTU {view.Mtu}, {Whole(view.Leases)} leases in use");
        output.WriteLine();
        var table = new TextTable(
            "stage", " out: packets/s", " Mbit/s", " dropped/s", " ns/packet", " in: packets/s", " Mbit/s", " dropped/s", " ns/packet");
        foreach (var stage in view.Stages)
        {
            table.Add([stage.Id, .. Cells(stage.Outbound), .. Cells(stage.Inbound)]);
        }

        table.Write(output);
    }

    private static async Task ShowAsync(
        IReadOnlyList<string> places, TimeSpan pause, int looks, TextWriter output, CancellationToken cancel)
    {
        var view = PipelineView.Read(await StatusCommand.AskAsync(places, cancel));
        for (var look = 0; look < looks; look++)
        {
            await Task.Delay(pause, cancel);
            view = PipelineView.Read(await StatusCommand.AskAsync(places, cancel), view);
            WriteRates(view, new VisibleWriter(output));
        }
    }

    private static string[] Cells(TrafficView traffic) =>
    [
        Whole(traffic.PacketsPerSecond ?? 0), ((traffic.BitsPerSecond ?? 0) / 1e6).ToString("#,0.0", CultureInfo.InvariantCulture),
        Whole(traffic.LostPerSecond ?? 0), traffic.Nanoseconds is { } time ? Whole(time) : "-",
    ];
}
