using System.CommandLine;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;
using Culvert.Tools.Cases;

namespace Culvert.Host.Commands;

/// <summary><c>culvert test</c>: runs the tests of pipelines.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Test files, or folders whose *.test.yaml files run; the current directory when none is named.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var update = new Option<bool>("--update") { Description = "Writes the snapshots that tests name instead of comparing them." };
        var format = OptionValues.Words(
            "--format", "The output format: text (human-readable), json, or junit (the XML that build servers read).",
            TestFormat.Text, TestFormat.Json, TestFormat.Junit);
        var command = new Command("test", "Runs the tests of pipelines, *.test.yaml; opens no device or socket and needs no root.") { files, update, format };
        command.SetAction(parsed =>
        {
            var streams = parsed.InvocationConfiguration;
            var paths = parsed.GetValue(files) is { Length: > 0 } given ? given : ["."];
            return Run(paths, parsed.GetValue(update), TestOutput.Create(parsed.GetValue(format), streams.Output), streams.Error);
        });
        return command;
    }

    private static int Run(string[] paths, bool update, TestOutput output, TextWriter error)
    {
        string[] found = [.. paths.SelectMany(CaseFiles.Find).Distinct()];
        if (found.Length == 0)
        {
            error.WriteLine($"{string.Join(", ", paths)}: no {CaseFiles.Ending} file; write one, see docs/reference/test-files.md");
            return ExitCodes.WrongInput;
        }

        var reader = new CaseFileReader(PluginStore.BesideProgram());
        var runner = new CaseRunner(StoryText.Print, update);
        var (failed, wrong) = (false, false);
        foreach (var path in found)
        {
            var file = reader.Read(path);
            DiagnosticOutput.Write(error, file.Diagnostics);
            wrong |= !file.IsValid;
            output.Begin(file);
            foreach (var test in file.Cases)
            {
                var result = runner.Run(test);
                failed |= !result.Passed;
                output.Write(result);
            }
        }

        output.End();
        return wrong ? ExitCodes.WrongInput : failed ? ExitCodes.Failure : ExitCodes.Success;
    }
}
