using System.Diagnostics;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>SIGTERM ends the program, whatever a stage does; a second one at once.</summary>
public sealed class EndingTests : IDisposable
{
    // As documented.
    private static readonly TimeSpan _healthy = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    private readonly TroubleSite _site = new TroubleSite().Write();

    public EndingTests() => Requires.Linux();

    public void Dispose() => _site.Dispose();

    [Fact]
    public void A_healthy_program_ends_within_5_seconds()
    {
        _site.Start().WaitFor("Running ");
        _site.Program.Signal("TERM");

        Assert.Equal(0, _site.Program.WaitForExit(_healthy));
        Assert.Contains("Closed.", _site.Program.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Outbound=hang", "A batch in trouble did not end")]
    [InlineData("a timer=hang", "posted work of trouble did not end")]
    [InlineData("GetStatus=hang", "GetStatus did not return")]
    [InlineData("Dispose=hang", "The stage's Dispose did not end")]
    [InlineData("Dispose of a service=hang", "Dispose of a service did not return")]
    [InlineData("Wake=hang", "Wake did not return")]
    [InlineData("the stage's constructor=exit", "Ending without what has not closed in time")]
    [InlineData("the stage's constructor=starve", "Ending without what has not closed in time")]
    public void It_ends_within_10_seconds_whatever_a_stage_does(string trouble, string said)
    {
        _site.Start(trouble).WaitFor("Running ");
        _site.Program.Signal("TERM");
        _site.Program.WaitForExit(_longest);

        Assert.True(_site.Program.Said.Contains(said, StringComparison.Ordinal), _site.Program.Said);
    }

    [Fact]
    public void A_constructor_that_hangs_does_not_keep_it()
    {
        _site.Start("the stage's constructor=hang");
        Thread.Sleep(TimeSpan.FromSeconds(2));
        _site.Program.Signal("TERM");
        _site.Program.WaitForExit(_longest);
    }

    [Fact]
    public void A_second_signal_ends_it_at_once()
    {
        _site.Start("Outbound=hang").WaitFor("Running ");
        _site.Program.Signal("TERM");
        _site.WaitFor("Closing, as asked.");
        Thread.Sleep(TimeSpan.FromMilliseconds(500));
        _site.Program.Signal("TERM");

        Assert.Equal(1, _site.Program.WaitForExit(_healthy));
        Assert.Contains("Ending at once, as asked twice", _site.Program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("did not end", _site.Program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_that_arrives_twice_at_once_is_one()
    {
        _site.Start().WaitFor("Running ");
        using var twice = Process.Start("sh", ["-c", $"kill -TERM {_site.Program.Id} && kill -TERM {_site.Program.Id}"]);

        Assert.Equal(0, _site.Program.WaitForExit());
        Assert.Contains("Closed.", _site.Program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_holds_a_batch_is_named_while_it_does()
    {
        _site.Start("Outbound=hang").WaitFor("trouble[111] The stage has held a batch of outbound packets for more than 5 seconds");

        Assert.False(_site.Program.HasExited, _site.Program.Said);
    }

    [Theory]
    [InlineData("thread", "a thread")]
    [InlineData("async-void", "an async void method")]
    [InlineData("finalizer", "a finalizer")]
    public void An_exception_in_a_thread_of_a_plugin_is_reported_with_its_name(string trouble, string place)
    {
        _site.Start($"Outbound={trouble}");

        Assert.NotEqual(0, _site.Program.WaitForExit());
        Assert.Contains(
            $"An exception that nobody caught in the plugin 'TroublePlugin' ends the process: InvalidOperationException: Trouble in {place}",
            _site.Program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constructor_that_throws_is_shown_with_its_place()
    {
        _site.Start("the stage's constructor=throw");

        Assert.Equal(1, _site.Program.WaitForExit());
        Assert.Contains("trouble: the stage's constructor threw InvalidOperationException: Trouble at the stage's constructor;", _site.Program.Error, StringComparison.Ordinal);
        Assert.Contains("Trouble.cs:line ", _site.Program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(null)", _site.Program.Error, StringComparison.Ordinal);
    }
}
