using System.Globalization;
using Fuzz.Tests.Engine;
using Fuzz.Tests.Targets;

namespace Fuzz.Tests;

/// <summary>
/// What reads bytes from outside bears all of them. The time for each target is a few seconds, or what the environment variable
/// CULVERT_FUZZ_SECONDS says; CULVERT_FUZZ_TARGETS names some targets only.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _usual = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Names => [.. AllTargets.Names];

    public static TheoryData<string> ChosenNames =>
        [.. Environment.GetEnvironmentVariable("CULVERT_FUZZ_TARGETS") is { Length: > 0 } chosen ? chosen.Split(',') : AllTargets.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Saved_inputs_pass(string target) => await RunAsync(target, TimeSpan.Zero);

    [Theory]
    [MemberData(nameof(ChosenNames))]
    public async Task Mutated_inputs_pass(string target) => await RunAsync(target, Time());

    private static TimeSpan Time() =>
        double.TryParse(Environment.GetEnvironmentVariable("CULVERT_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : _usual;

    private async Task RunAsync(string target, TimeSpan time)
    {
        var run = new FuzzRun(target);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var work = Task.Factory.StartNew(() => run.Run(time), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (await Task.WhenAny(work, Task.Delay(500)) != work)
        {
            if (run.RunsSince > _patience)
            {
                Assert.Fail($"{target}: the input saved as {run.SaveRunning()} has run for {_patience.TotalSeconds} s");
            }
        }

        await work;
        output.WriteLine(run.Report(clock.Elapsed));
        run.Dispose();
        Assert.True(run.Fault is null, run.Fault);
    }
}
