using Culvert.Counters;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;

namespace Culvert.Host.Output;

/// <summary>Shows what stages there are and what can be written in their entries, from the same source that reads the file.</summary>
internal static class StageHelp
{
    public static void WriteList(PluginCatalog catalog, TextWriter output)
    {
        var table = new TextTable("stage", "plugin", "stability", "summary");
        foreach (var (plugin, stage) in catalog.Usable.OrderBy(pair => pair.Stage.Name, StringComparer.Ordinal))
        {
            table.Add(stage.Name, plugin.Folder.Name, Stability(stage.IsExperimental), stage.Summary);
        }

        table.Write(output);
    }

    public static void WriteOne(StageType stage, TextWriter output)
    {
        output.WriteLine($"{stage.Name}: {stage.Summary}");
        output.WriteLine($"Stability: {Stability(stage.IsExperimental)}");
        output.WriteLine();
        if (stage.Options.Keys.Count > 0)
        {
            WriteKeys(stage.Options, "  ", output);
            output.WriteLine();
        }

        output.WriteLine("Every entry also takes:");
        output.WriteLine();
        WriteKeys(OptionSchema.Of(typeof(EntryKeys)), "  ", output);
        var counters = stage.DeclaredCounters();
        WriteCounters("Drops packets for these reasons:", counters.Where(counter => counter.IsDropReason), output);
        WriteCounters("Counts:", counters.Where(counter => !counter.IsDropReason), output);
    }

    private static string Stability(bool isExperimental) => isExperimental ? "experimental" : "stable";

    private static void WriteCounters(string heading, IEnumerable<Counter> counters, TextWriter output)
    {
        foreach (var (first, named) in counters.GroupBy(counter => counter.Name).Select((named, place) => (place == 0, named)))
        {
            if (first)
            {
                output.WriteLine();
                output.WriteLine(heading);
                output.WriteLine();
            }

            var counter = named.First();
            var tags = counter.Tags.Count == 0 ? "" : $" by {string.Join(", ", counter.Tags.Select(tag => tag.Key))}";
            output.WriteLine($"  {counter.Name} ({counter.Unit}{tags})");
            foreach (var description in named.Select(one => one.Description).Distinct())
            {
                output.WriteLine($"      {description}");
            }
        }
    }

    private static void WriteKeys(OptionSchema schema, string indent, TextWriter output)
    {
        foreach (var key in schema.Keys)
        {
            var rest = key.IsRequired ? "required" : $"default: {key.DefaultText ?? "none"}";
            output.WriteLine($"{indent}{key.Name} ({rest})");
            output.WriteLine($"{indent}    {key.Description}");
            output.WriteLine($"{indent}    Write {Form(key)}.{(key.Example is null ? "" : $" Example: {key.Name}: {key.Example}")}");
            if (Nested(key.Type) is { } nested)
            {
                WriteKeys(nested, indent + "    ", output);
            }
        }
    }

    /// <summary>What may be written for a key, in a few words.</summary>
    public static string Form(OptionKey key)
    {
        var range = key.Range.IsBounded ? $", {key.DescribeRange()}" : "";
        return Nested(key.Type) is null ? key.Type.Expected + range : key.Type is ListOptionType ? "a list, each item a mapping" : "a mapping";
    }

    /// <summary>The keys of a mapping, or of each item of a list; null for any other type.</summary>
    public static OptionSchema? Nested(OptionType type) => type switch
    {
        RecordOptionType record => record.Schema,
        ListOptionType list => Nested(list.Element),
        _ => null,
    };
}
