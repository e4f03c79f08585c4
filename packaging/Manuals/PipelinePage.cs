using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;

namespace Culvert.Packaging.Manuals;

/// <summary>pipeline.yaml(5): the keys of the file and of the stages, from what binds them.</summary>
internal static class PipelinePage
{
    public static RoffPage Create(string plugins, DateTimeOffset date)
    {
        var page = new RoffPage("pipeline.yaml", 5, "the stages of a Culvert tunnel", date);
        page.Section("DESCRIPTION")
            .Paragraph(
                "A YAML file that lists the stages of one site, from the host's side to the network's side. Outbound packets pass the list from the top to the "
                + "bottom, inbound packets from the bottom to the top. culvert-check(1) reports every mistake at once.")
            .Paragraph("Paths are relative to the file's folder.");
        page.Section("KEYS OF THE FILE");
        page.Entry("stages", "The list of stages. Required.");
        foreach (var key in OptionSchema.Of(typeof(PipelineSettings)).Keys)
        {
            page.Entry(key.Name, $"{key.Description} Default: {key.DefaultText ?? "none"}.");
        }

        page.Section("STAGES");
        foreach (var stage in Stages(plugins))
        {
            using var text = new StringWriter { NewLine = "\n" };
            StageHelp.WriteOne(stage, text);
            page.Part(stage.Name).Verbatim(text.ToString());
        }

        return page.Section("SEE ALSO").Paragraph("culvert(1), culvert-check(1), culvert-stages(1)");
    }

    private static IEnumerable<StageType> Stages(string plugins)
    {
        var diagnostics = new DiagnosticBag();
        var catalog = PluginStore.BesideProgram().Open([new PluginRoot(Path.GetFullPath(plugins), new SourcePosition("plugins"))], diagnostics);
        return catalog.Usable.OrderBy(pair => pair.Stage.Name, StringComparer.Ordinal)
            .Select(pair => catalog.Load(pair.Plugin, pair.Stage))
            .Select(lookup => lookup.Type ?? throw new InvalidOperationException($"{lookup.Code}: {lookup.Message}; {lookup.Remedy}"));
    }
}
