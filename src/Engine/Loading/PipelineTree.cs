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
        return FileText.Read(path, new DiagnosticBag()) is { } text ? Read(text, path) : null;
    }

    /// <summary>Reads the text of a file that need not exist.</summary>
    /// <param name="text">A text that <see cref="PipelineLoader"/> found valid.</param>
    /// <param name="path">Its path: paths in it are relative to its folder.</param>
    /// <returns>Its root; null when it is not YAML.</returns>
    public static OptionNode? Read(string text, string path) =>
        YamlReader.Read(text, new FileOrigin(path, Path.GetDirectoryName(Path.GetFullPath(path))!), new DiagnosticBag());
}
