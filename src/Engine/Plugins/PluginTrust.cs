using Culvert.Endpoints.Files;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Plugins;

/// <summary>As root, refuses plugins that other users could change. The program's own folder is not looked at: who may write it may replace the program.</summary>
internal static class PluginTrust
{
    /// <summary>Leaves out the roots that other users could change, and reports each as an error.</summary>
    public static PluginRoot[] Trusted(IEnumerable<PluginRoot> roots, DiagnosticBag diagnostics) => [.. roots.Where(root => IsTrusted(root, diagnostics))];

    private static bool IsTrusted(PluginRoot root, DiagnosticBag diagnostics)
    {
        // A DLL brings others from its folder.
        var problem = File.Exists(root.Path)
            ? FileTrust.Find(root.Path) ?? FileTrust.FindInTree(Path.GetDirectoryName(root.Path)!)
            : FileTrust.FindInTree(root.Path);
        if (problem is not null)
        {
            diagnostics.Add(DiagnosticCodes.PluginOpenToOthers, root.Position, problem.Message, problem.Remedy);
        }

        return problem is null;
    }
}
