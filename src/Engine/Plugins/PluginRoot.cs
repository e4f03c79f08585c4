using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Plugins;

/// <summary>A place that is searched for plugins: a folder of plugin folders, one plugin folder, or a plugin's DLL.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Position">Where the file names it; for the program's own folder, the folder itself.</param>
internal sealed record PluginRoot(string Path, SourcePosition Position);
