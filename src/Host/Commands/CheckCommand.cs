using System.CommandLine;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Host.Doctor;
using Culvert.Host.Output;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary><c>culvert check</c>: reads and plans a pipeline.yaml and shows the chain; opens nothing.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = FileArgument.Create();
        var format = FormatOption.Create();
        var running = new Option<bool>("--running")
        {
            Description = "Lets the running pipeline of the file read it, with its own environment and permissions; says what a reload would, and changes nothing.",
        };
        var command = new Command("check", "Checks a pipeline file without opening anything, and prints the chain with its MTUs.") { file, running, format };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(running))
            {
                var target = parsed.GetResult(file) is { Implicit: false } ? parsed.GetValue(file) : null;
                return await ReloadCommand.AskAsync(target, RunControl.Check, parsed.GetValue(format), parsed.InvocationConfiguration, cancel);
            }

            var loaded = new PipelineLoader(PluginStore.BesideProgram()).Load(parsed.GetValue(file)!);
            var streams = parsed.InvocationConfiguration;
            var path = parsed.GetValue(file)!;
            var site = loaded.IsValid ? SiteFile.Read(path) : null;
            var code = Write(path, loaded.With(SiteWarnings.Find(path, site)), parsed.GetValue(format), streams.Output, streams.Error);
            if (parsed.GetValue(format) == OutputFormat.Text && site?.PublicKey() is { } key)
            {
                streams.Output.WriteLine($"public key of this end: {key}");
            }

            return code;
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
