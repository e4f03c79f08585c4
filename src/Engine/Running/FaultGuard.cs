using System.Runtime.CompilerServices;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// Decides what follows when a stage throws, as <c>on-fault</c> says, and logs it at a bounded rate: the first fault of a stage at once,
/// then at most one line in ten seconds with how many there were since. Thread-safe.
/// </summary>
internal sealed class FaultGuard(TimeProvider time, Action<StageUnit> bypass, Action<string> fail) : IFaultSink
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    // Weak, so that it keeps no entry that was taken out, and with it a plugin's old code.
    private readonly ConditionalWeakTable<StageUnit, Silence> _silences = [];

    public void BatchFault(StageNode node, Direction direction, int packets, Exception error)
    {
        if (error is EndpointLostException)
        {
            fail($"{node.Unit.Id}: {ForeignCode.Message(error)}");
            return;
        }

        if (Note(node.Unit, error) is { } faults)
        {
            RunningLog.StageThrew(node.Unit.Logger, direction.ToString().ToLowerInvariant(), packets, faults, ForeignCode.Message(error), ForeignCode.Loggable(error));
        }

        Follow(node.Unit, error);
    }

    public void ServiceFault(StageNode node, Exception error)
    {
        if (error is EndpointLostException)
        {
            fail($"{node.Unit.Id}: {ForeignCode.Message(error)}");
            return;
        }

        if (Note(node.Unit, error) is { } faults)
        {
            RunningLog.ServiceThrew(node.Unit.Logger, faults, ForeignCode.Message(error), ForeignCode.Loggable(error));
        }

        Follow(node.Unit, error);
    }

    /// <summary>Counts a fault.</summary>
    /// <returns>How many there were, when it is time to say so; else null.</returns>
    private long? Note(StageUnit unit, Exception error)
    {
        var faults = unit.NoteFault();
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_silences.TryGetValue(unit, out var silence) && time.GetElapsedTime(silence.Since, now) < Quiet)
            {
                return null;
            }

            _silences.AddOrUpdate(unit, new Silence(now));
        }

        unit.LastFault = new StageFault(time.GetUtcNow(), ForeignCode.Message(error));
        return faults;
    }

    private void Follow(StageUnit unit, Exception error)
    {
        switch (unit.Plan.Entry.OnFault)
        {
            case FaultPolicy.Stop:
                fail($"{unit.Id} threw {error.GetType().Name} and its on-fault is stop: {ForeignCode.Message(error)}");
                break;
            // A stage that changes the kind of packet cannot be left out: what is behind it would get what it cannot read, or send
            // readable what should be sealed.
            case FaultPolicy.Bypass when unit.Plan.Shape.Above == unit.Plan.Shape.Below && unit.Bypass():
                RunningLog.Bypassed(unit.Logger);
                bypass(unit);
                break;
            default:
                break;
        }
    }

    private sealed record Silence(long Since);
}
