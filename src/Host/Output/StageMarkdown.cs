using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Plugins;

namespace Culvert.Host.Output;

/// <summary>A stage's options as Markdown tables, for the README of its plugin.</summary>
internal static class StageMarkdown
{
    private const string None = "none";

    public static void WriteOptions(StageType stage, TextWriter output)
    {
        if (stage.Options.Keys.Count == 0)
        {
            output.WriteLine("None.");
            return;
        }

        WriteTable(stage.Options, output);
    }

    private static void WriteTable(OptionSchema schema, TextWriter output)
    {
        output.WriteLine("| key | default | value | meaning |");
        output.WriteLine("|---|---|---|---|");
        foreach (var key in schema.Keys)
        {
            var byDefault = key.IsRequired ? "required" : key.DefaultText is { } text && text.All(one => one != ' ') && text != None ? $"`{text}`" : key.DefaultText ?? None;
            output.WriteLine($"| `{key.Name}` | {Cell(byDefault)} | {Cell(StageHelp.Form(key))} | {Cell(key.Description)} |");
        }

        foreach (var key in schema.Keys)
        {
            if (StageHelp.Nested(key.Type) is { } nested)
            {
                output.WriteLine();
                output.WriteLine($"{(key.Type is ListOptionType ? "Each item of" : "The keys of")} `{key.Name}`:");
                output.WriteLine();
                WriteTable(nested, output);
            }
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
