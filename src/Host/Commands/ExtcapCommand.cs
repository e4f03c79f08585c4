using System.CommandLine;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary>
/// <c>culvert extcap</c>: Wireshark's protocol for programs that capture (extcap(4)): the running pipelines and their boundaries are interfaces of
/// Wireshark's and tshark's. Wireshark calls it, not people.
/// </summary>
internal static class ExtcapCommand
{
    private const string AllPlaces = "all";

    public static Command Create()
    {
        var interfaces = Flag("--extcap-interfaces", "Lists the interfaces.");
        var dlts = Flag("--extcap-dlts", "Lists an interface's link types.");
        var config = Flag("--extcap-config", "Lists an interface's options.");
        var capture = Flag("--capture", "Captures on an interface.");
        var name = Text("--extcap-interface", "The interface.", "NAME");
        var filter = Text("--extcap-capture-filter", "The capture filter; without --capture it is only checked.", CommandLineRules.Filter);
        var version = Text("--extcap-version", "The version of Wireshark.", "VERSION");
        var fifo = Text("--fifo", "Where the capture is written.", "FILE");
        var more = Text("--filter", "A filter beside the capture filter.", CommandLineRules.Filter);
        var at = Text("--at", "The boundaries, as for culvert capture, or all.", "STAGE[:above|:below]");
        var snapLength = CaptureCommand.CreateSnapLength();
        var keys = CaptureCommand.CreateKeys();
        var command = new Command("extcap", "Shows running pipelines to Wireshark as interfaces; Wireshark calls it from its extcap folder.")
        {
            interfaces, dlts, config, capture, name, filter, version, fifo, more, at, snapLength, keys,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            var expressions = new[] { parsed.GetValue(filter), parsed.GetValue(more) };
            if (parsed.GetValue(interfaces))
            {
                ExtcapText.WriteInterfaces(await ExtcapInterface.FindAsync(cancel), streams.Output);
                return ExitCodes.Success;
            }

            if (parsed.GetValue(dlts))
            {
                ExtcapText.WriteLinkTypes(streams.Output);
                return ExitCodes.Success;
            }

            if (parsed.GetValue(capture))
            {
                var place = parsed.GetValue(at) is AllPlaces ? null : parsed.GetValue(at);
                return await CaptureAsync(
                    parsed.GetValue(name), new CaptureWish(Join(expressions)) { At = place, Output = parsed.GetValue(fifo), SnapLength = parsed.GetValue(snapLength), Keys = parsed.GetValue(keys) },
                    streams.Error, cancel);
            }

            if (parsed.GetValue(config))
            {
                var found = await ExtcapInterface.FindAsync(cancel);
                ExtcapText.WriteOptions(found.FirstOrDefault(one => one.Name == parsed.GetValue(name)), AllPlaces, streams.Output);
                return ExitCodes.Success;
            }

            return Check(expressions[0], streams);
        });
        return command;
    }

    /// <summary>One expression of several, of which some are empty.</summary>
    internal static string Join(params IReadOnlyList<string?> expressions) =>
        string.Join(" and ", expressions.Where(one => !string.IsNullOrWhiteSpace(one)).Select(one => $"({one})"));

    // Wireshark takes any output for the reason why a filter is wrong.
    private static int Check(string? filter, InvocationConfiguration streams)
    {
        if (filter is null)
        {
            streams.Error.WriteLine("culvert extcap: nothing to do; Wireshark calls this command, to capture by hand use 'culvert capture'");
            return ExitCodes.WrongInput;
        }

        if (!RunControl.TryReadFilter(filter, out _, out var problem))
        {
            streams.Output.WriteLine(problem);
        }

        return ExitCodes.Success;
    }

    private static async Task<int> CaptureAsync(string? name, CaptureWish wish, TextWriter errors, CancellationToken cancel)
    {
        if (wish.Output is null || (await ExtcapInterface.FindAsync(cancel)).FirstOrDefault(one => one.Name == name) is not { } found)
        {
            errors.WriteLine($"culvert extcap: '{name}' is not an interface, or --fifo is missing; 'culvert extcap --extcap-interfaces' lists the interfaces");
            return ExitCodes.WrongInput;
        }

        using var signals = new EndingSignals(cancel);
        return await CapturePump.RunAsync(
            wish with { Pipeline = found.Socket, At = wish.At ?? found.Place, EndsWithReader = true }, errors, signals.Token);
    }

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    private static Option<string?> Text(string name, string description, string value) => new(name) { Description = description, HelpName = value };
}
