using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Plugins;

/// <summary>A folder that holds, or should hold, a plugin: <c>MssClamp/MssClamp.dll</c>.</summary>
/// <param name="Name">The folder's name, as the key <c>plugin</c> gives it.</param>
/// <param name="AssemblyPath">Absolute path of the DLL.</param>
/// <param name="Root">Where it was found.</param>
internal sealed record PluginFolder(string Name, string AssemblyPath, PluginRoot Root);

/// <summary>A place that is searched for plugins: a folder of plugin folders, one plugin folder, or a plugin's DLL.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Position">Where the file names it; for the program's own folder, the folder itself.</param>
/// <param name="IsReplaceable">
/// Whether its plugins are loaded from memory, so that their files may be overwritten and a reload loads changed ones. Otherwise they are loaded
/// from their files, precompiled, and stay until the program ends.
/// </param>
internal sealed record PluginRoot(string Path, SourcePosition Position, bool IsReplaceable = false);
