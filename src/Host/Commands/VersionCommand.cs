using System.CommandLine;
using System.Runtime.InteropServices;

namespace Culvert.Host.Commands;

/// <summary><c>culvert version</c>: the product's version and what a bug report needs beside it.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Prints the version, the commit, the version of the plugin contract and the runtime.");
        command.SetAction(parsed => Write(parsed.InvocationConfiguration.Output));
        return command;
    }

    private static void Write(TextWriter output)
    {
        output.WriteLine($"culvert {ProductVersion.Number}");
        output.WriteLine($"commit {ProductVersion.Commit}");
        output.WriteLine($"contract {typeof(Stages.IPacketStage).Assembly.GetName().Version!.ToString(2)}");
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
    }
}
