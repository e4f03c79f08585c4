namespace Culvert.Engine.Plugins;

/// <summary>A folder that holds, or should hold, a plugin: <c>MssClamp/MssClamp.dll</c>.</summary>
/// <param name="Name">The folder's name, as the key <c>plugin</c> gives it.</param>
/// <param name="AssemblyPath">Absolute path of the DLL.</param>
/// <param name="Root">Where it was found.</param>
internal sealed record PluginFolder(string Name, string AssemblyPath, PluginRoot Root);
