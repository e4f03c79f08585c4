using Culvert.Stages;

namespace Culvert.Testing.Laws;

/// <summary>Timers and posted work: they run, end and throw nothing.</summary>
internal static class ServiceLaw
{
    private const int MaxCallbacks = 10_000;
    private static readonly TimeSpan[] _steps = [TimeSpan.Zero, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)];

    public static void Check<TStage>(StageHarness<TStage> harness)
        where TStage : class, IPacketStage
    {
        var known = harness.Context.Faults.Count;
        foreach (var step in _steps)
        {
            (harness.Context.Time as ForwardClock)?.Advance(step);
            if (harness.Context.RunService(MaxCallbacks) == MaxCallbacks)
            {
                throw new ConformanceException(
                    $"{typeof(TStage).Name}: timers or posted work run without end: {MaxCallbacks} callbacks ran and more were due. Schedule a timer "
                    + "with a delay above 0, and post work only when there is some.");
            }
        }

        if (harness.Context.Faults.Skip(known).FirstOrDefault() is { } error)
        {
            throw new ConformanceException(
                $"{typeof(TStage).Name}: a timer or posted work threw {error.GetType().Name} ({error.Message}).", error);
        }
    }
}
