using System.CommandLine;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;
using Culvert.Tools.Cases;

namespace Culvert.Host.Commands;

/// <summary><c>culvert schema</c>: the JSON Schema of pipeline.yaml for the plugins found.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var paths = PluginPathOption.Create();
        var tests = new Option<bool>("--tests") { Description = "Writes the JSON Schema of test files instead: culvert schema --tests > test.schema.json" };
        var command = new Command("schema", "Writes the JSON Schema of pipeline.yaml for the plugins found: culvert schema > pipeline.schema.json") { paths, tests };
        command.SetAction(parsed =>
        {
            var streams = parsed.InvocationConfiguration;
            if (parsed.GetValue(tests))
            {
                JsonOutput.Write(streams.Output, CaseSchema.Create());
                return ExitCodes.Success;
            }

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
            JsonOutput.Write(
                streams.Output, PipelineSchema.Of(lookups.Select(lookup => lookup.Type).OfType<StageType>().Where(type => HasSchema(type, streams.Error))));
            return ExitCodes.Success;
        });
        return command;
    }

    // An option type of a plugin may write what is not JSON; that concerns its own stage only.
    private static bool HasSchema(StageType type, TextWriter error)
    {
        try
        {
            _ = type.Options.JsonSchema();
            return true;
        }
        catch (Exception exception)
        {
            error.WriteLine(
                $"warning {DiagnosticCodes.StageMistake}: the JSON Schema of '{type.Name}' cannot be written: {PluginException.Describe(exception)}; {ForeignCode.Remedy}");
            return false;
        }
    }
}
