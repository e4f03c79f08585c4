using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Host.Output;
using static Culvert.Host.Output.Quantity;

namespace Culvert.Host.Commands;

/// <summary><c>culvert top</c>: a running pipeline's rates, live.</summary>
internal static class TopCommand
{
    private const string ClearScreen = "\u001b[H\u001b[2J";

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
            Description = "Ends after this many looks.",
            HelpName = "N",
            CustomParser = result => OptionValues.Number(result, 1, int.MaxValue),
        };
        var command = new Command("top", "Shows a running pipeline's packets a second, live, until Ctrl-C.") { file, interval, count };
        command.SetAction(async (parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            var pause = TimeSpan.FromSeconds(parsed.GetValue(interval));
            try
            {
                var places = await RunningPipeline.FindAsync(parsed.GetValue(file), cancel);
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

    /// <summary>The rates between two statuses, one line a stage.</summary>
    internal static void WriteRates(JsonObject before, JsonObject now, TextWriter output)
    {
        var seconds = Math.Max(0.001, Number(now["uptime-seconds"]) - Number(before["uptime-seconds"]));
        output.WriteLine($"{now["file"]}: MTU {now["mtu"]}, {now["leases-in-use"]} leases in use");
        output.WriteLine();
        var table = new TextTable(
            "stage", " out: packets/s", " Mbit/s", " dropped/s", " ns/packet", " in: packets/s", " Mbit/s", " dropped/s", " ns/packet");
        foreach (var stage in now["stages"]!.AsArray())
        {
            var old = before["stages"]!.AsArray().FirstOrDefault(one => one!["id"]!.ToString() == stage!["id"]!.ToString());
            table.Add([
                stage!["id"]!.ToString(), .. Cells(old?["outbound"], stage["outbound"]!, seconds),
                .. Cells(old?["inbound"], stage["inbound"]!, seconds)]);
        }

        table.Write(output);
    }

    private static async Task ShowAsync(
        IReadOnlyList<string> places, TimeSpan pause, int looks, TextWriter output, CancellationToken cancel)
    {
        var before = await StatusCommand.AskAsync(places, cancel);
        for (var look = 0; look < looks; look++)
        {
            await Task.Delay(pause, cancel);
            var now = await StatusCommand.AskAsync(places, cancel);
            output.Write(Console.IsOutputRedirected ? "" : ClearScreen);
            WriteRates(before, now, new VisibleWriter(output));
            before = now;
        }
    }

    private static string[] Cells(JsonNode? before, JsonNode now, double seconds)
    {
        double Rate(string key) => Math.Max(0, Number(now[key]) - Number(before?[key])) / seconds;
        return [
            Whole(Rate("packets-in")), (Rate("bytes-in") * 8 / 1e6).ToString("#,0.0", CultureInfo.InvariantCulture),
            Whole(Rate("dropped") + Rate("faulted") + Rate("discarded")), now["ns-per-packet"] is { } time ? Whole(Number(time)) : "-"];
    }
}
