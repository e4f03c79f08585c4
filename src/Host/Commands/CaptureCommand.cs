using System.CommandLine;
using Culvert.Endpoints.Captures;
using Culvert.Host.Output;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary><c>culvert capture</c>: packets of a running pipeline at the boundaries between its stages, as pcapng.</summary>
internal static class CaptureCommand
{
    public static Command Create()
    {
        var filter = new Argument<string[]>(CommandLineRules.Filter)
        {
            Description = "A filter expression in tcpdump's words, for example host 10.0.0.1 and tcp port 80. Default: all packets.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var file = new Option<string?>("--file") { Description = RunningPipeline.Description, HelpName = "PIPELINE" };
        var at = new Option<string?>("--at")
        {
            Description = "Captures only the boundaries of one stage, or the one above or below it.",
            HelpName = "STAGE[:above|:below]",
        };
        var write = new Option<string?>("--write")
        {
            Description = "The pcapng; - for standard output, the default where that is no terminal.",
            HelpName = "FILE",
        };
        var ring = CreateRing();
        var count = Bound("--count", "Ends after N packets.", "N", 1, long.MaxValue);
        var seconds = Bound("--seconds", "Ends after so many seconds.", "S", RunControl.MinSeconds, RunControl.MaxCaptureSeconds);
        var snapLength = CreateSnapLength();
        var keys = CreateKeys();
        var command = new Command("capture", "Writes packets of a running pipeline at every boundary between stages, for Wireshark.")
        {
            filter, file, at, write, ring, count, seconds, snapLength, keys,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var errors = parsed.InvocationConfiguration.Error;
            var output = parsed.GetValue(write);
            var wish = new CaptureWish(string.Join(' ', parsed.GetValue(filter) ?? []))
            {
                Pipeline = parsed.GetValue(file),
                At = parsed.GetValue(at),
                Output = output == "-" ? null : output,
                Ring = parsed.GetValue(ring),
                Count = parsed.GetValue(count),
                Seconds = parsed.GetValue(seconds),
                SnapLength = parsed.GetValue(snapLength),
                Keys = parsed.GetValue(keys),
            };
            if (FindMistake(wish, Console.IsOutputRedirected) is { } mistake)
            {
                errors.WriteLine($"culvert capture: {mistake}");
                return ExitCodes.WrongInput;
            }

            using var signals = new EndingSignals(cancel);
            return await CapturePump.RunAsync(wish, errors, signals.Token);
        });
        return command;
    }

    /// <summary>What is wrong with a wish that each option alone allows; null for nothing.</summary>
    internal static string? FindMistake(CaptureWish wish, bool isRedirected)
    {
        if (!RunControl.TryReadFilter(wish.Filter, out _, out var problem))
        {
            return problem;
        }

        if (wish.Output is not null)
        {
            return null;
        }

        return wish.Ring is not null ? "--ring needs a file; write --write NAME.pcapng"
            : isRedirected ? null
            : "standard output is a terminal; write --write FILE.pcapng, or pipe it: culvert capture --write - | wireshark -k -i -";
    }

    /// <summary>The option for the snap length.</summary>
    internal static Option<int?> CreateSnapLength() =>
        Bound("--snaplen", "Keeps the first N bytes of each packet.", "N", RunCapture.MinSnapLength, RunCapture.MaxSnapLength);

    /// <summary>The option for secrets.</summary>
    internal static Option<bool> CreateKeys() => new("--keys")
    {
        Description = "Adds the private key and the secrets of WireGuard sessions that begin meanwhile: Wireshark decrypts them, and so can whoever has the file.",
    };

    private static Option<CaptureRing?> CreateRing() => new("--ring")
    {
        Description = $"Writes NAME_00001.pcapng and so on: N files of SIZE, for example 10x100MB; the oldest is deleted.",
        HelpName = "N×SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (!CaptureRing.TryParse(text, out var value))
            {
                result.AddError($"--ring is '{text}'; write {CaptureRing.Expected}");
            }

            return value;
        },
    };

    private static Option<T?> Bound<T>(string name, string description, string unit, T min, T max)
        where T : struct, System.Numerics.INumber<T> => new(name)
        {
            Description = description,
            HelpName = unit,
            CustomParser = result => OptionValues.Number(result, min, max),
        };
}
