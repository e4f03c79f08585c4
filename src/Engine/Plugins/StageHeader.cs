namespace Culvert.Engine.Plugins;

/// <summary>The facts of a stage in a plugin's metadata, known while its code is not loaded.</summary>
/// <param name="Name">The stage's name in pipeline.yaml.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="IsExperimental">Whether it may change with any version.</param>
/// <param name="ClassName">The full name of the class.</param>
/// <param name="Systems">The operating systems that it is for, as <c>SupportedOSPlatform</c> names them; empty for all.</param>
internal sealed record StageHeader(string Name, string Summary, bool IsExperimental, string ClassName, IReadOnlyList<string> Systems)
{
    /// <summary>Whether it is for the system that this program runs on.</summary>
    public bool FitsThisSystem => Systems.Count == 0 || Systems.Any(OperatingSystem.IsOSPlatform);
}
