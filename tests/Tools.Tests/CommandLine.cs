using System.CommandLine;
using System.Text.RegularExpressions;
using Culvert.Host;

namespace Tools.Tests;

/// <summary>Runs the program's command line in this process, with the plugins that were built beside the host.</summary>
internal static partial class CommandLine
{
    /// <summary>The plugins as the host has them, in the configuration that the tests have.</summary>
    public static string Plugins { get; } = FindPlugins();

    /// <summary>Writes a pipeline file with the clamp of the report's site and a guard.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="stages">The lines of the stages between the ends; by default a clamp to 1405 and a guard.</param>
    public static string WritePipeline(this ScratchFolder folder, string? stages = null) => folder.Write("pipeline.yaml", $"""
        plugin-paths: ["{Plugins}"]
        stages:
          - {"{stage: tun, device: culvert0, addresses: [10.99.0.1/30]}"}
        {stages ?? "  - {stage: mss-clamp, mss: {ipv4: 1405, ipv6: 1385}}\n  - {stage: checksum-guard}"}
          - {"{stage: plaintext}"}
          - {"{stage: udp, listen: \"0.0.0.0:7000\", peer: \"203.0.113.7:7000\"}"}
        """);

    /// <summary>Runs one command.</summary>
    /// <returns>The exit code, what was written to standard output, and to standard error without warnings about plugin folders.</returns>
    public static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await Program.RunAsync(arguments, new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), PluginWarning().Replace(error.ToString(), ""));
    }

    [GeneratedRegex(@"^.*warning CV12\d\d.*\n", RegexOptions.Multiline)]
    private static partial Regex PluginWarning();

    private static string FindPlugins()
    {
        // artifacts/bin/Tools.Tests/debug → artifacts/bin/Host/debug/plugins
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, "Host", own.Name, "plugins");
    }
}
