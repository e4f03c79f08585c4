using System.CommandLine;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;

namespace Culvert.Host.Commands;

/// <summary><c>culvert stages</c>: the stages found, or one stage's options.</summary>
internal static class StagesCommand
{
    private const string Markdown = "md";

    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "A stage: shows its options and counters.", Arity = ArgumentArity.ZeroOrOne };
        var paths = PluginPathOption.Create();
        var format = OptionValues.Words(
            "--format", "The output format: text, or md for the option tables of NAME in Markdown, for a plugin's README.", "text", Markdown);
        var command = new Command("stages", "Lists the stages that the plugins offer, or one stage's options and counters with their meaning.") { name, paths, format };
        command.Validators.Add(result =>
        {
            if (result.GetValue(format) == Markdown && result.GetValue(name) is null)
            {
                result.AddError("--format md: missing NAME; name the stage whose options to print");
            }
        });
        command.SetAction(parsed =>
        {
            var streams = parsed.InvocationConfiguration;
            var catalog = PluginPathOption.Open(parsed.GetValue(paths) ?? [], streams.Error, out var valid);
            if (!valid)
            {
                return ExitCodes.WrongInput;
            }

            if (parsed.GetValue(name) is { } stage)
            {
                return Show(catalog, stage, parsed.GetValue(format) == Markdown, streams.Output, streams.Error);
            }

            DiagnosticOutput.Write(streams.Error, catalog.Remarks);
            StageHelp.WriteList(catalog, streams.Output);
            return ExitCodes.Success;
        });
        return command;
    }

    private static int Write(StageType stage, bool asMarkdown, TextWriter output, TextWriter error)
    {
        try
        {
            if (asMarkdown)
            {
                StageMarkdown.WriteOptions(stage, output);
            }
            else
            {
                StageHelp.WriteOne(stage, output);
            }

            return ExitCodes.Success;
        }
        catch (PluginException fault)
        {
            error.WriteLine($"error {DiagnosticCodes.StageMistake}: '{stage.Name}': {fault.Message}; {ForeignCode.Remedy}");
            return ExitCodes.WrongInput;
        }
    }

    private static int Show(PluginCatalog catalog, string stage, bool asMarkdown, TextWriter output, TextWriter error)
    {
        var found = catalog.Find(stage, plugin: null);
        if (found.Type is not null)
        {
            return Write(found.Type, asMarkdown, output, error);
        }

        error.WriteLine($"error {found.Code}: {found.Message}; {found.Remedy}");
        DiagnosticOutput.Write(error, catalog.Remarks);
        return ExitCodes.WrongInput;
    }
}
