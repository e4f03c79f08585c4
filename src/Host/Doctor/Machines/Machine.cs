using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Host.Doctor.Machines;

/// <summary>The machine as checks ask it: files of the kernel and programs that read its state. Nothing is changed.</summary>
internal sealed class Machine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] Folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>The file by which devices are opened.</summary>
    public string TunNode { get; init; } = "/dev/net/tun";

    /// <summary>The lower-case names of the capabilities that this process has.</summary>
    public Func<IReadOnlyList<string>> Capabilities { get; init; } = () => Hardening.CapabilitySet.PermittedOf("/proc/thread-self")?.Names ?? [];

    /// <summary>The present time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The text of a file of the kernel; null when there is none.</summary>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A setting of <c>/proc/sys/net</c>; 0 when there is none.</summary>
    public static int Setting(string name) => int.TryParse(Read($"/proc/sys/net/{name}"), out var value) ? value : 0;

    /// <summary>Runs a program that reports state.</summary>
    /// <returns>Its output; null when it is not installed, fails or takes too long.</returns>
    public static string? Run(string program, params string[] arguments)
    {
        // Root obeys no PATH of somebody else.
        if (Folders.Select(folder => $"{folder}/{program}").FirstOrDefault(File.Exists) is not { } path)
        {
            return null;
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardInput.Close();
            _ = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                return null;
            }

            return process.ExitCode == 0 ? output.GetAwaiter().GetResult() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>As <see cref="Run"/>, for output in JSON.</summary>
    public static JsonNode? RunJson(string program, params string[] arguments)
    {
        try
        {
            return Run(program, arguments) is { Length: > 0 } output ? JsonNode.Parse(output) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The device that packets to an address leave by, and the source that they get; null when there is no route or no <c>ip</c>.</summary>
    public static (string Device, string? Source)? RouteTo(string address, uint? mark = null)
    {
        string[] marked = mark is { } value ? ["mark", value.ToString(System.Globalization.CultureInfo.InvariantCulture)] : [];
        var route = (RunJson("ip", ["-j", "route", "get", address, .. marked]) as JsonArray)?.FirstOrDefault();
        return (string?)route?["dev"] is { } device ? (device, (string?)route["prefsrc"]) : null;
    }

    /// <summary>Whether the device exists.</summary>
    public static bool HasDevice(string device) => Directory.Exists($"/proc/sys/net/ipv4/conf/{device}");

    /// <summary>A device as <c>ip -details</c> describes it; null when there is none.</summary>
    public static JsonObject? Link(string device) =>
        HasDevice(device) ? (RunJson("ip", "-details", "-j", "link", "show", "dev", device) as JsonArray)?.OfType<JsonObject>().FirstOrDefault() : null;

    /// <summary>The devices that are up and have addresses, but for loopback and one other.</summary>
    public static IReadOnlyList<string> OtherDevices(string device) =>
    [
        .. (RunJson("ip", "-j", "addr", "show", "up") as JsonArray ?? []).OfType<JsonObject>()
            .Where(link => (link["addr_info"] as JsonArray)?.Any(address => (string?)address!["scope"] == "global") == true)
            .Select(link => (string?)link["ifname"]).OfType<string>().Where(name => name != "lo" && name != device),
    ];
}
