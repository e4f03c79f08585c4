using System.CommandLine;
using System.Globalization;
using Culvert.Host.Output;
using Culvert.Host.Wg;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Commands;

/// <summary><c>culvert wg INTERFACE</c>: an empty tunnel for wg and wg-quick, in the place of wireguard-go.</summary>
internal static class WgCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("INTERFACE") { Description = "The name of the device and of the interface for 'wg show INTERFACE'." };
        name.Validators.Add(result =>
        {
            if (!WgInterface.IsName(result.GetValueOrDefault<string>() ?? ""))
            {
                result.AddError($"'{result.GetValueOrDefault<string>()}' is not a valid interface name; use 1 to 15 letters, digits, and _ = + . -");
            }
        });
        var foreground = new Option<bool>("--foreground", "-f") { Description = "Stays in the foreground, with the log on standard error." };
        var logLevel = LogLevelOption.Create("Default: information in the foreground, else warning.");
        var pathMtu = CreatePathMtu();
        var command = new Command(
            "wg", "Creates an empty tunnel for wg and wg-quick, as wireguard-go does: WG_QUICK_USERSPACE_IMPLEMENTATION=culvert-wg wg-quick up wg0")
        {
            name, foreground, pathMtu, logLevel,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var device = new WgInterface(parsed.GetRequiredValue(name), parsed.GetValue(pathMtu));
            if (!OperatingSystem.IsLinux())
            {
                errors.WriteLine("culvert wg: WireGuard's tools need Linux for this; run the tunnel from a file with 'culvert run'");
                return ExitCodes.Failure;
            }

            if (device.IsServed())
            {
                errors.WriteLine($"culvert wg: another process serves {device.Socket}; remove the interface ('ip link del {device.Name}') or choose another name");
                return ExitCodes.Failure;
            }

            var stays = parsed.GetValue(foreground);
            var level = (LogLevel?)parsed.GetValue(logLevel) ?? (stays ? LogLevel.Information : LogLevel.Warning);
            return stays
                ? await WgForeground.RunAsync(device, level, output, errors, cancel)
                : await WgBackground.StartAsync(["wg", "--foreground", "--path-mtu", $"{device.PathMtu}", "--log-level", $"{level}", device.Name], errors, cancel);
        });
        return command;
    }

    private static Option<int> CreatePathMtu() => new("--path-mtu")
    {
        Description = $"The largest IP packet in bytes that the tunnel can send; the device's MTU may be up to 80 less. Default: {WgInterface.PathMtuVariable}, or {WgInterface.DefaultPathMtu}.",
        HelpName = "BYTES",
        CustomParser = result => OptionValues.Number(result, WgInterface.MinPathMtu, WgInterface.MaxPathMtu),
        DefaultValueFactory = result =>
        {
            var text = Environment.GetEnvironmentVariable(WgInterface.PathMtuVariable);
            if (string.IsNullOrEmpty(text))
            {
                return WgInterface.DefaultPathMtu;
            }

            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) || bytes is < WgInterface.MinPathMtu or > WgInterface.MaxPathMtu)
            {
                result.AddError($"{WgInterface.PathMtuVariable} is '{text}'; write a number from {WgInterface.MinPathMtu} to {WgInterface.MaxPathMtu}");
            }

            return bytes;
        },
    };
}
