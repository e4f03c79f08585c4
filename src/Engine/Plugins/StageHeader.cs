namespace Culvert.Engine.Plugins;

/// <summary>What a plugin's metadata tells of a stage while its code is not loaded.</summary>
/// <param name="Name">The stage's name in pipeline.yaml.</param>
/// <param name="Summary">One sentence; null when it is not a plain literal.</param>
/// <param name="ClassName">The full name of the class.</param>
/// <param name="Systems">The operating systems that it is for, as <c>SupportedOSPlatform</c> names them; empty for all.</param>
public sealed record StageHeader(string Name, string? Summary, string ClassName, IReadOnlyList<string> Systems)
{
    /// <summary>True when it is for the system that this program runs on.</summary>
    public bool FitsThisSystem => Systems.Count == 0 || Systems.Any(OperatingSystem.IsOSPlatform);
}
