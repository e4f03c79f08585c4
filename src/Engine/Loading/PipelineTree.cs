using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Engine.Loading;

/// <summary>A pipeline file as it is written, before any stage has read it: for what turns it into another format.</summary>
internal static class PipelineTree
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">A file that <see cref="PipelineLoader"/> found valid.</param>
    /// <returns>Its root; null when it can no longer be read.</returns>
    public static OptionNode? Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var diagnostics = new DiagnosticBag();
        return FileText.Read(path, diagnostics) is { } text
            ? YamlReader.Read(text, new FileOrigin(path, Path.GetDirectoryName(Path.GetFullPath(path))!), diagnostics)
            : null;
    }
}
