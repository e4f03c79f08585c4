using System.CommandLine;
using Culvert.Engine.Configuration;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;

namespace Culvert.Host.Commands;

/// <summary><c>culvert schema</c>: the JSON Schema of pipeline.yaml for the plugins found.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var paths = PluginPathOption.Create();
        var command = new Command("schema", "Writes the JSON Schema of pipeline.yaml for the plugins found: culvert schema > pipeline.schema.json") { paths };
        command.SetAction(parsed =>
        {
            var streams = parsed.InvocationConfiguration;
            var catalog = PluginPathOption.Open(parsed.GetValue(paths) ?? [], streams.Error, out var valid);
            if (!valid)
            {
                return ExitCodes.WrongInput;
            }

            var lookups = catalog.Usable.OrderBy(pair => pair.Stage.Name, StringComparer.Ordinal)
                .Select(pair => catalog.Load(pair.Plugin, pair.Stage)).ToArray();
            foreach (var failed in lookups.Where(lookup => lookup.Type is null))
            {
                streams.Error.WriteLine($"warning {failed.Code}: {failed.Message}; {failed.Remedy}");
            }

            DiagnosticOutput.Write(streams.Error, catalog.Remarks);
            JsonOutput.Write(streams.Output, PipelineSchema.Of(lookups.Select(lookup => lookup.Type).OfType<StageType>()));
            return ExitCodes.Success;
        });
        return command;
    }
}
