using System.CommandLine;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;
using Culvert.Host.WgQuick;

namespace Culvert.Host.Commands;

/// <summary><c>culvert export</c>: the wg-quick file of a pipeline, on standard output. Keys only where asked.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var file = FileArgument.Create();
        var withSecrets = new Option<bool>("--with-secrets") { Description = "Write the private key and preshared keys too." };
        var command = new Command("export", "Writes the wg-quick file for a pipeline: culvert export > wg0.conf") { file, withSecrets };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var streams = parsed.InvocationConfiguration;
            var loaded = new PipelineLoader(PluginStore.BesideProgram()).Load(path);
            DiagnosticOutput.Write(streams.Error, loaded.Diagnostics);
            return loaded.IsValid ? Run(path, parsed.GetValue(withSecrets), streams.Output, streams.Error) : ExitCodes.WrongInput;
        });
        return command;
    }

    /// <summary>Exports a file that was found valid.</summary>
    internal static int Run(string path, bool withSecrets, TextWriter output, TextWriter error)
    {
        if (PipelineTree.Read(path) is not { } root)
        {
            error.WriteLine($"error: '{path}' can no longer be read");
            return ExitCodes.WrongInput;
        }

        var writer = new WgQuickWriter(withSecrets);
        var text = writer.Write(root, out var reason);
        if (reason is not null)
        {
            error.WriteLine($"{path}: error: {reason}");
            return ExitCodes.WrongInput;
        }

        foreach (var remark in writer.Remarks)
        {
            error.WriteLine($"{path}: warning: {remark}");
        }

        output.Write(text);
        return ExitCodes.Success;
    }
}
