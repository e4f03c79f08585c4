using System.Diagnostics;
using System.Globalization;
using Fuzz.Tests.Engine;
using Fuzz.Tests.Targets;

namespace Fuzz.Tests;

/// <summary>
/// What reads bytes from outside bears all of them: first the seeds and the inputs that once failed, then mutations of them for a few seconds, or as long as
/// the environment variable CULVERT_FUZZ_SECONDS says, and then by random numbers of their own. CULVERT_FUZZ_TARGETS names some targets only. README.md has more.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _usual = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(500);

    public static TheoryData<string> Targets =>
        [.. Environment.GetEnvironmentVariable("CULVERT_FUZZ_TARGETS") is { Length: > 0 } chosen ? chosen.Split(',') : AllTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task A_target_bears_all_inputs(string target)
    {
        // Every run of CI takes the same way, as far as time allows; new ways are for whoever looks for faults.
        var (time, random) = Wanted() is { } wanted ? (wanted, Random.Shared) : (_usual, new Random(1));
        using var run = new FuzzRun(target, random);
        var clock = Stopwatch.StartNew();
        var work = Task.Factory.StartNew(() => run.Run(time), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (await Task.WhenAny(work, Task.Delay(_glance)) != work)
        {
            Assert.True(run.RunsSince < _patience, run.RunsSince < _patience ? "" : $"{target}: the input saved as {run.SaveRunning()} runs and runs");
        }

        await work;
        output.WriteLine(run.Report(clock.Elapsed));
        Assert.True(run.Fault is null, run.Fault);
    }

    private static TimeSpan? Wanted() =>
        double.TryParse(Environment.GetEnvironmentVariable("CULVERT_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
