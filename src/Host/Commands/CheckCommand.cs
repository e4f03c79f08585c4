using System.CommandLine;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;

namespace Culvert.Host.Commands;

/// <summary><c>culvert check</c>: reads and plans a pipeline.yaml and shows the chain; opens nothing.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = FileArgument.Create();
        var format = FormatOption.Create();
        var command = new Command("check", "Checks a pipeline file without opening anything, and prints the chain with its MTUs.") { file, format };
        command.SetAction(parsed =>
        {
            var loaded = new PipelineLoader(PluginStore.BesideProgram()).Load(parsed.GetValue(file)!);
            var streams = parsed.InvocationConfiguration;
            return Write(parsed.GetValue(file)!, loaded, parsed.GetValue(format), streams.Output, streams.Error);
        });
        return command;
    }

    internal static int Write(string path, LoadedPipeline loaded, OutputFormat format, TextWriter output, TextWriter error)
    {
        if (format == OutputFormat.Json)
        {
            JsonOutput.Write(output, ChainOutput.ToJson(path, loaded));
        }
        else
        {
            DiagnosticOutput.Write(error, loaded.Diagnostics);
            if (loaded.IsValid)
            {
                ChainOutput.WriteText(path, loaded.Plan, output);
            }
        }

        return loaded.IsValid ? ExitCodes.Success : ExitCodes.WrongInput;
    }
}
