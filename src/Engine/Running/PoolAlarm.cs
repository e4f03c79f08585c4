using Culvert.Packets;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Running;

/// <summary>
/// Logs that the pool of packets is empty, with the stages that hold them: at once, then at most once in ten seconds. Thread-safe.
/// </summary>
internal sealed class PoolAlarm(PacketPool pool, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _since;

    /// <summary>The pool is empty: a stage did not get a packet.</summary>
    public void Raise()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_since is { } since && time.GetElapsedTime(since, now) < _quiet)
            {
                return;
            }

            _since = now;
        }

        var holders = pool.Holders().Select(holder => $"{holder.Id} {holder.Packets} (oldest {holder.Oldest.TotalSeconds:F1} s)").ToArray();
        RunningLog.PoolEmpty(logger, pool.Capacity, holders.Length == 0 ? "no stage; they are on their way" : string.Join(", ", holders));
    }
}
