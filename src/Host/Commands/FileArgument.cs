using System.CommandLine;

namespace Culvert.Host.Commands;

/// <summary>The argument that most commands have: which pipeline.yaml.</summary>
internal static class FileArgument
{
    /// <summary>The file that is read when none is named.</summary>
    public const string Default = "pipeline.yaml";

    public static Argument<string> Create() => new("FILE")
    {
        Description = "The pipeline file.",
        DefaultValueFactory = _ => Default,
    };
}
