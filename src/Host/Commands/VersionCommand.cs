using System.CommandLine;
using System.Reflection;
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
        // VERSION+COMMIT, as the SDK writes it; a build outside a repository has no commit.
        var product = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');
        output.WriteLine($"culvert {product[0]}");
        output.WriteLine($"commit {product.ElementAtOrDefault(1) ?? "unknown"}");
        output.WriteLine($"contract {typeof(Stages.IPacketStage).Assembly.GetName().Version!.ToString(2)}");
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
    }
}
