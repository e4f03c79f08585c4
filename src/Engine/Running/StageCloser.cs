using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>Disposes entries, each within a time limit; one whose Dispose does not return is named in the log and left behind.</summary>
/// <param name="pool">Where packets that they held return to.</param>
/// <param name="limit">How long they may take together.</param>
/// <param name="progress">Called after each that was closed; null for nobody.</param>
internal sealed class StageCloser(PacketPool pool, TimeSpan limit, Action? progress = null)
{
    /// <summary>Disposes entries from the host's side to the network's side.</summary>
    /// <param name="units">The entries.</param>
    /// <param name="running">Those that continue. A successor has its predecessor's account: what is held there is its own.</param>
    /// <returns>False when one of them was left behind: what it uses must stay too.</returns>
    public bool Close(IEnumerable<StageUnit> units, StageUnit[] running)
    {
        var until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        var all = true;
        foreach (var unit in units)
        {
            var left = TimeSpan.FromMilliseconds(Math.Max(100, until - Environment.TickCount64));
            if (TryClose(unit, left))
            {
                progress?.Invoke();
                if (running.All(other => other.Holder != unit.Holder))
                {
                    ReportLeaks(unit);
                }
            }
            else
            {
                RunningLog.DidNotEnd(unit.Logger, "The stage's Dispose", limit.TotalSeconds);
                all = false;
            }
        }

        return all;
    }

    private static bool TryClose(StageUnit unit, TimeSpan limit)
    {
        try
        {
            PluginGuard.Within(limit, () => unit.Close(ReportFault));
            return true;
        }
        catch (PluginException error) when (error.IsLate)
        {
            return false;
        }
    }

    private static void ReportFault(StageUnit unit, Exception error) => RunningLog.DisposeFailed(unit.Logger, ForeignCode.Message(error), ForeignCode.Loggable(error));

    private void ReportLeaks(StageUnit unit)
    {
        if (pool.Reclaim(unit.Holder) is > 0 and var leaked)
        {
            RunningLog.LeasesLeaked(unit.Logger, leaked);
        }
    }
}
