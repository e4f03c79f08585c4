using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Engine.Loading;
using Culvert.Host.Run;

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

    /// <summary>Sends a request that has one answer.</summary>
    /// <param name="places">Where the control socket may lie.</param>
    /// <param name="request">One of <see cref="RunControl"/>'s.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="IOException">No pipeline answers, or it refuses.</exception>
    public static async Task<JsonObject> AskAsync(IReadOnlyList<string> places, string request, CancellationToken cancel)
    {
        await foreach (var answer in ControlClient.AskAsync(places, new JsonObject { ["request"] = request }, cancel))
        {
            return answer["error"] is { } error ? throw new IOException(error.ToString()) : answer;
        }

        throw new IOException("the pipeline closed before it answered");
    }

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
        return PipelineLoader.ReadSettings(file)?.Control is { } control ? [control.Full] : ControlPath.Candidates(file);
    }
}
