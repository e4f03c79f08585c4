using System.CommandLine;
using Culvert.Engine.Control;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;

namespace Culvert.Host.Commands;

/// <summary>The argument of commands that ask a running pipeline, and how its control socket is found from it.</summary>
internal static class RunningPipeline
{
    // Windows' named pipes are told apart by where they lie.
    private const string PipeFolder = @"\\.\pipe\";

    public static Argument<string> CreateArgument() => new("FILE")
    {
        Description = "The running pipeline's file, or its control socket. Default: pipeline.yaml, or the only pipeline that runs.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Where the control socket may lie.</summary>
    /// <param name="target">The argument; null when none was given.</param>
    public static IReadOnlyList<string> Places(string? target)
    {
        if (target is not null
            && (target.EndsWith(".sock", StringComparison.Ordinal) || target.StartsWith(PipeFolder, StringComparison.Ordinal)))
        {
            return [target];
        }

        if (target is null && !File.Exists(FileArgument.Default))
        {
            return ControlPath.Existing();
        }

        // A file that was spoilt since it was started still leads to the default place.
        var file = target ?? FileArgument.Default;
        var settings = new PipelineLoader(PluginStore.BesideProgram()).Load(file).File?.Settings;
        return settings?.Control is { } control ? [control.Full] : ControlPath.Candidates(file);
    }
}
