using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Running;

/// <summary>
/// Closes a pipeline within a time limit: 1. receive no more; 2. let the service thread finish; 3. let the loops carry what is left; 4. dispose
/// the stages from the host endpoint down. A thread that is inside a stage beyond the limit is named and left alone, and so is every entry
/// that it can still reach (for a loop: all of them, for the service thread: its stage): disposing those under its feet would be worse than
/// leaving them to the end of the process.
/// </summary>
internal sealed class PipelineClosing(LiveChain chain, ServiceLoop service, StageCloser closer, TimeSpan limit, ILogger logger)
{
    private readonly long _until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
    private readonly HashSet<StageUnit> _reachable = [];

    /// <summary>Whether all is disposed, so that nothing uses what the entries share.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Closes it.</summary>
    /// <param name="getStatus">Asked when the last packet is through, while all stages can still report.</param>
    /// <returns>That status.</returns>
    public PipelineStatus Run(Func<PipelineStatus> getStatus)
    {
        LaneThread[] threads = [.. chain.Lanes.SelectMany(lane => lane.Threads)];
        foreach (var thread in threads)
        {
            thread.Drain();
        }

        if (!service.Finish(Left))
        {
            // Its stage may use whatever it shares with others; the posts behind it are not run.
            var stuck = service.Abandon();
            Report($"A timer's callback or posted work of {stuck?.Unit.Id ?? "a stage"}");
            Keep(stuck is null ? chain.Units : [stuck.Unit]);
        }

        foreach (var thread in threads)
        {
            thread.Finish();
        }

        foreach (var lane in chain.Lanes)
        {
            CloseLane(lane);
        }

        var status = getStatus();
        IsComplete = closer.Close(chain.Units.Where(unit => !_reachable.Contains(unit)), [.. _reachable]) && _reachable.Count == 0;
        return status;
    }

    private TimeSpan Left => TimeSpan.FromMilliseconds(Math.Max(100, _until - Environment.TickCount64));

    private void CloseLane(Lane lane)
    {
        var ended = true;
        foreach (var thread in lane.Threads)
        {
            ended &= thread.Join(Left);
        }

        if (ended)
        {
            lane.Dispose();
            return;
        }

        List<string> stuck = [];
        Keep(chain.Units);
        foreach (var direction in new[] { lane.Outbound, lane.Inbound })
        {
            if (direction.Abandon() is { } node)
            {
                stuck.Add(node.Unit.Id);
            }
        }

        Report($"A batch in {string.Join(" and ", stuck.Distinct().DefaultIfEmpty("an endpoint"))}");
    }

    private void Keep(IEnumerable<StageUnit> units) => _reachable.UnionWith(units);

    private void Report(string what) => RunningLog.DidNotEnd(logger, what, limit.TotalSeconds);
}
