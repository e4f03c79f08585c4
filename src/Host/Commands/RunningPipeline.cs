using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Engine.Control;
using Culvert.Engine.Loading;
using Culvert.Host.Run;
using Culvert.Host.Wg;

namespace Culvert.Host.Commands;

/// <summary>The argument of commands that ask a running pipeline, and how its control socket is found from it.</summary>
internal static class RunningPipeline
{
    // Windows' named pipes are told apart by where they lie.
    private const string PipeFolder = @"\\.\pipe\";

    // The files of culvert@NAME.service.
    private const string ServiceFolder = "/etc/culvert";

    /// <summary>The meaning of the argument, for help.</summary>
    public const string Description =
        "The running pipeline's file, its control socket, NAME of culvert@NAME.service, or the interface of 'culvert wg'. Default: pipeline.yaml, or the only pipeline that runs.";

    public static Argument<string> CreateArgument() => new("FILE")
    {
        Description = Description,
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Sends a request that has one answer.</summary>
    /// <param name="places">Where the control socket may lie.</param>
    /// <param name="request">One of <see cref="RunControl"/>'s.</param>
    /// <param name="patience">The longest wait for the answer.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="IOException">No pipeline answers in time, or it refuses.</exception>
    public static async Task<JsonObject> AskAsync(IReadOnlyList<string> places, string request, TimeSpan patience, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience);
        try
        {
            await foreach (var answer in ControlClient.AskAsync(places, new JsonObject { ["request"] = request }, limit.Token))
            {
                return answer["error"] is { } error ? throw new IOException(error.ToString()) : answer;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"the pipeline does not answer within {patience.TotalSeconds:0.#} s; it is stuck or suspended: see its log");
        }

        throw new IOException("the pipeline closed before it answered");
    }

    /// <summary>Finds where the control socket may lie.</summary>
    /// <param name="target">The argument; null when none was given.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="IOException">None was given and several pipelines run.</exception>
    public static async Task<IReadOnlyList<string>> FindAsync(string? target, CancellationToken cancel)
    {
        if (target is not null || File.Exists(FileArgument.Default))
        {
            return Places(target ?? FileArgument.Default);
        }

        var existing = ControlPath.Existing();
        if (existing.Count > 1 && await ListCommand.FindAsync(existing, cancel) is { Count: > 1 } running)
        {
            throw new IOException($"{running.Count} pipelines run: name the file of one ({string.Join(", ", running.Select(one => one["file"]))})");
        }

        return existing;
    }

    /// <summary>The file that a target means.</summary>
    internal static string FileOf(string target)
    {
        var isName = !target.Contains('/') && !File.Exists(target);
        return isName ? Array.Find([$"{ServiceFolder}/{target}.yaml", WgInterface.FileOf(target)], File.Exists) ?? target : target;
    }

    /// <summary>Whether a target is a control socket and no file.</summary>
    internal static bool IsSocket(string target) =>
        target.EndsWith(".sock", StringComparison.Ordinal) || target.StartsWith(PipeFolder, StringComparison.Ordinal);

    /// <summary>The possible paths of a target's control socket.</summary>
    internal static IReadOnlyList<string> Places(string target)
    {
        if (IsSocket(target))
        {
            return [target];
        }

        var file = FileOf(target);
        // A file that was spoilt since it was started still leads to its place.
        return PipelineLoader.ReadSettings(file)?.Control is { } control ? [control.Full] : ControlPath.Candidates(file);
    }
}
