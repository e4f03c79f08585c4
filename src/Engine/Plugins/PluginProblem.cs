namespace Culvert.Engine.Plugins;

/// <summary>Why a plugin cannot be used.</summary>
/// <param name="Message">What is wrong, after the plugin's name: <c>"its DLL is missing"</c>.</param>
/// <param name="Remedy">What to do, as an imperative.</param>
internal sealed record PluginProblem(string Message, string Remedy);
