using System.CommandLine;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Plugins;
using Culvert.Host.Output;

namespace Culvert.Host.Commands;

/// <summary>The option <c>--plugin-path</c>, for commands that read no pipeline.yaml.</summary>
internal static class PluginPathOption
{
    private const string Name = "--plugin-path";

    public static Option<string[]> Create() => new(Name)
    {
        Description = "Also looks for plugins here, as plugin-paths in a pipeline file does. May be given several times.",
        HelpName = "PATH",
    };

    /// <summary>Finds the plugins beside the program and in these paths.</summary>
    /// <param name="paths">As the user wrote them.</param>
    /// <param name="error">Where a path that does not exist is told.</param>
    /// <param name="valid">False when one was told.</param>
    public static PluginCatalog Open(string[] paths, TextWriter error, out bool valid)
    {
        var diagnostics = new DiagnosticBag();
        PluginRoot[] roots = [.. paths.Select(path => new PluginRoot(Path.GetFullPath(path), new SourcePosition(Name)))];
        var catalog = PluginStore.BesideProgram().Open(PluginTrust.Trusted(roots, diagnostics), diagnostics);
        DiagnosticOutput.Write(error, diagnostics.ToList());
        valid = !diagnostics.HasErrors;
        return catalog;
    }
}
