namespace Encrypt.Tests.Simulation;

/// <summary>
/// Makes a failing scenario small: leaves out steps, many at first, then lowers numbers, as long as the scenario still fails. Every run repeats to
/// the byte, so the same scenario always shrinks to the same one.
/// </summary>
/// <param name="fails">Whether a scenario fails.</param>
internal sealed class Shrinker(Func<Scenario, bool> fails)
{
    private const int MaxRuns = 5_000;

    private static readonly Func<Scenario, Scenario>[] _simplifications =
    [
        scenario => scenario with { Probes = false },
        scenario => scenario with { Keepalive = false },
        scenario => scenario with { IsQuiet = false },
        scenario => scenario with { Indexes = 0 },
        scenario => scenario with { Pool = 320 },
        scenario => scenario with { Latency = 10 },
        scenario => scenario with { Seed = 1 },
    ];

    private int _runs;

    /// <summary>Returns the smallest scenario found that fails.</summary>
    /// <param name="failing">A scenario that fails.</param>
    public Scenario Shrink(Scenario failing)
    {
        for (var before = default(Scenario); before != failing;)
        {
            before = failing;
            failing = LeaveOutSteps(failing);
            failing = _simplifications.Aggregate(failing, (best, simplify) => Better(best, simplify(best)));
            failing = LowerNumbers(failing);
        }

        return failing;
    }

    private Scenario LeaveOutSteps(Scenario best)
    {
        for (var length = Math.Max(1, best.Steps.Count / 2); length > 0; length /= 2)
        {
            for (var start = 0; start < best.Steps.Count;)
            {
                var shorter = best with { Steps = [.. best.Steps.Take(start), .. best.Steps.Skip(start + length)] };
                var better = Better(best, shorter);
                start += better == best ? length : 0;
                best = better;
            }
        }

        return best;
    }

    private Scenario LowerNumbers(Scenario best)
    {
        for (var i = 0; i < best.Steps.Count; i++)
        {
            // Bisection: between 0, which may not fail, and what fails.
            for (var (low, high) = (0, best.Steps[i].Value); high != low;)
            {
                var middle = low + ((high - low) / 2);
                var lower = Better(best, best with { Steps = [.. best.Steps.Select((step, place) => place == i ? step with { Value = middle } : step)] });
                (low, high) = lower == best ? (middle + Math.Sign(high - low), high) : (low, middle);
                best = lower;
            }
        }

        return best;
    }

    private Scenario Better(Scenario best, Scenario candidate) =>
        candidate != best && _runs++ < MaxRuns && fails(candidate) ? candidate : best;
}
