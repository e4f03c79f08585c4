using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Culvert.Engine.Plugins;

/// <summary>
/// Reads from a plugin's metadata which stages it offers and whether it fits the contract of this program. No code of the plugin is
/// loaded, so that only the plugins that a pipeline names ever run.
/// </summary>
internal static class PluginInspector
{
    private const string RebuildRemedy = "rebuild the plugin, or remove its folder";

    public static PluginInspection Inspect(PluginFolder folder)
    {
        try
        {
            using var stream = new FileStream(folder.AssemblyPath, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var file = new PEReader(stream);
            return file.HasMetadata
                ? Inspect(folder, file)
                : Unusable(folder, $"{Path.GetFileName(folder.AssemblyPath)} is not a .NET assembly", RebuildRemedy);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unusable(folder, $"its DLL is missing: there is no {folder.AssemblyPath}", "put the plugin's DLL there, named as its folder without a version, or remove the folder");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unusable(folder, $"its DLL cannot be read: {exception.Message.TrimEnd('.')}", "make it readable for this user");
        }
        catch (Exception)
        {
            // The metadata reader believes the sizes and offsets that it reads: a damaged file makes it throw anything.
            return Unusable(folder, $"{Path.GetFileName(folder.AssemblyPath)} is damaged or not a .NET assembly", RebuildRemedy);
        }
    }

    private static PluginInspection Inspect(PluginFolder folder, PEReader file)
    {
        var reader = file.GetMetadataReader();
        List<StageHeader> stages = [];
        List<string> unnamed = [];
        var assemblySystems = StageMetadata.Systems(reader, reader.GetAssemblyDefinition().GetCustomAttributes());
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            if (!StageMetadata.IsStage(reader, type))
            {
                continue;
            }

            var className = StageMetadata.FullName(reader, type);
            if (StageMetadata.Declaration(reader, type) is not { } declared)
            {
                unnamed.Add(className);
                continue;
            }

            var own = StageMetadata.Systems(reader, type.GetCustomAttributes());
            stages.Add(new StageHeader(declared.Name, declared.Summary, declared.IsExperimental, className, own.Count > 0 ? own : assemblySystems));
        }

        var problem = ContractCheck.Check(reader)
            ?? (unnamed.Count > 0 ? NoAttribute(unnamed[0]) : null)
            ?? (stages.Find(stage => !StageName.IsValid(stage.Name)) is { } misnamed ? BadName(misnamed) : null)
            ?? (stages.Count == 0 ? NoStage(folder) : null);
        string[] references =
            [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
        return new PluginInspection(folder, stages, references, problem);
    }

    private static PluginInspection Unusable(PluginFolder folder, string message, string remedy) =>
        new(folder, [], [], new PluginProblem(message, remedy));

    private static PluginProblem NoAttribute(string className) =>
        new($"{className} implements IStageDefinition<> but has no [Stage] attribute", "write [Stage(\"the-name\", \"Summary.\")] above the class");

    private static PluginProblem BadName(StageHeader stage) =>
        new($"'{stage.Name}' ({stage.ClassName}) is not a valid stage name", $"use {StageName.Rule}");

    private static PluginProblem NoStage(PluginFolder folder) =>
        new($"{Path.GetFileName(folder.AssemblyPath)} contains no stage: no class implements IStageDefinition<>", "remove the folder, or build the right plugin into it");
}
