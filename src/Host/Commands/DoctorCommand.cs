using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Host.Doctor;
using Culvert.Host.Output;

namespace Culvert.Host.Commands;

/// <summary><c>culvert doctor</c>: what keeps a tunnel from working, with the cause and the remedy. Changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var file = RunningPipeline.CreateArgument();
        file.Description = "The pipeline file, or NAME of culvert@NAME.service. Default: pipeline.yaml, or the file of the only pipeline that runs.";
        var bundle = new Option<string?>("--bundle")
        {
            Description = "Also write FILE, a .tar.gz for a bug report: the findings, the status, the file and the machine's network, without keys.",
            HelpName = "FILE",
        };
        var format = FormatOption.Create();
        var command = new Command("doctor", "Finds what keeps a tunnel from working: the file, the machine and the running pipeline. Changes nothing.") { file, bundle, format };
        command.SetAction(async (parsed, cancel) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                return await RunAsync(parsed.GetValue(file), parsed.GetValue(bundle), parsed.GetValue(format), streams, cancel);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                streams.Error.WriteLine($"culvert doctor: {error.Message}");
                return ExitCodes.Failure;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(string? target, string? bundle, OutputFormat format, InvocationConfiguration streams, CancellationToken cancel)
    {
        var places = await RunningPipeline.FindAsync(target, cancel);
        var status = await AskAsync(places, cancel);
        var named = target ?? (File.Exists(FileArgument.Default) ? FileArgument.Default : null);
        var path = named is null || RunningPipeline.IsSocket(named) ? (string?)status?["file"] ?? FileArgument.Default : RunningPipeline.FileOf(named);
        var loaded = new PipelineLoader(PluginStore.BesideProgram()).Load(path);
        if (!loaded.IsValid)
        {
            WriteMistakes(path, loaded, format, streams);
            return ExitCodes.WrongInput;
        }

        var site = new Site { Path = path, File = SiteFile.Read(path), Status = status };
        // On a thread of its own: checks wait for programs and look-ups.
        var examination = await Task.Run(() => Examination.Of(site), cancel);
        var findings = loaded.Diagnostics.Select(FromFile).Concat(examination.Findings).ToList();
        var report = DoctorReport.ToJson(site, findings, examination);
        if (format == OutputFormat.Json)
        {
            JsonOutput.Write(streams.Output, report);
        }
        else
        {
            DoctorReport.Write(site, findings, examination, new VisibleWriter(streams.Output));
        }

        if (bundle is not null)
        {
            DoctorBundle.Write(bundle, report, site);
            streams.Error.WriteLine($"culvert doctor: wrote '{bundle}'; read it before you send it: it has addresses and names");
        }

        return findings.Count == 0 ? ExitCodes.Success : ExitCodes.ProblemsFound;
    }

    private static Finding FromFile(Diagnostic diagnostic) =>
        new(diagnostic.Message, diagnostic.Remedy) { Check = "file", Position = diagnostic.Position };

    private static void WriteMistakes(string path, LoadedPipeline loaded, OutputFormat format, InvocationConfiguration streams)
    {
        if (format == OutputFormat.Json)
        {
            JsonOutput.Write(streams.Output, new JsonObject { ["file"] = path, ["diagnostics"] = DiagnosticOutput.ToJson(loaded.Diagnostics) });
        }
        else
        {
            DiagnosticOutput.Write(streams.Error, loaded.Diagnostics);
        }
    }

    private static async Task<JsonObject?> AskAsync(IReadOnlyList<string> places, CancellationToken cancel)
    {
        try
        {
            return await StatusCommand.AskAsync(places, cancel);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
