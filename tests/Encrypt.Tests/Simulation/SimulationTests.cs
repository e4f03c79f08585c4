using System.Collections.Concurrent;
using System.Globalization;

namespace Encrypt.Tests.Simulation;

/// <summary>
/// Generated scenarios against the reference model. The environment chooses how many: CULVERT_SIMULATION_SCENARIOS, from CULVERT_SIMULATION_SEED on; a
/// seed alone runs its one scenario.
/// </summary>
public sealed class SimulationTests
{
    private const int DefaultScenarios = 2_000;
    private const string CountName = "CULVERT_SIMULATION_SCENARIOS";
    private const string SeedName = "CULVERT_SIMULATION_SEED";

    [Fact]
    public void Generated_scenarios_keep_the_invariants()
    {
        var seed = Read(SeedName);
        var first = seed ?? 0;
        var count = Read(CountName) ?? (seed is null ? DefaultScenarios : 1);
        var broken = new ConcurrentDictionary<int, string>();
        var recoveries = new ConcurrentDictionary<TimeSpan, int>();
        Parallel.For(first, first + count, (number, state) =>
        {
            if (Failure(Scenarios.Number(number), out var result) is { } failure)
            {
                broken[number] = failure;
                // The scenarios before this one still run, so that the first broken one is the same in each run.
                state.Break();
            }
            else
            {
                recoveries[result!.Recovery] = number;
            }
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} scenarios from seed {first}; the longest recovery: {recoveries.DefaultIfEmpty().MaxBy(recovery => recovery.Key)}");
        if (!broken.IsEmpty)
        {
            var number = broken.Keys.Min();
            Assert.Fail(Describe(number, broken[number]));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(172)]
    public void A_seed_replays_to_the_same_bytes(int seed)
    {
        var first = Simulation.Run(Scenarios.Number(seed));
        var other = Simulation.Run(Scenarios.Number(seed + 1));
        var again = Simulation.Run(Scenarios.Number(seed));

        Assert.Equal(first, again);
        Assert.NotEqual(first.Transcript, other.Transcript);
    }

    [Fact]
    public void A_failing_scenario_shrinks_to_the_steps_that_make_it_fail()
    {
        var steps = Scenarios.Number(1).Steps.Concat([new(StepKind.Loss, EndName.A, 60), new(StepKind.Restart, EndName.Hub, 0)]).Concat(Scenarios.Number(2).Steps);

        // The law is made up: it fails where more than 20 % are lost at site A, and the hub restarts later.
        var small = new Shrinker(scenario => scenario.Steps.SkipWhile(step => step is not { Kind: StepKind.Loss, End: EndName.A, Value: > 20 })
            .Any(step => step is { Kind: StepKind.Restart, End: EndName.Hub })).Shrink(Scenarios.Number(1) with { Steps = [.. steps] });

        Assert.Equal([new(StepKind.Loss, EndName.A, 21), new(StepKind.Restart, EndName.Hub, 0)], small.Steps);
    }

    private static string? Failure(Scenario scenario, out SimulationResult? result)
    {
        try
        {
            result = Simulation.Run(scenario);
            return null;
        }
        catch (Exception error)
        {
            result = null;
            return error is BrokenInvariantException ? error.Message : error.ToString();
        }
    }

    private static string Describe(int number, string failure)
    {
        var scenario = Scenarios.Number(number);
        var small = new Shrinker(candidate => Failure(candidate, out _) is { } other && Kind(other) == Kind(failure)).Shrink(scenario);
        return $"""
            Seed {number}, shrunk from {scenario.Steps.Count} steps to {small.Steps.Count}: {Failure(small, out _)}
            {small}
            Run it again: {SeedName}={number} dotnet test --project tests/Encrypt.Tests --filter-class {typeof(SimulationTests).FullName}
            """;
    }

    // Numbers of packets and the like differ from scenario to scenario.
    private static string Kind(string failure) => string.Concat(failure.Split('\n')[0].Where(letter => !char.IsAsciiDigit(letter)));

    private static int? Read(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
