using Culvert.Engine.Running;

namespace Engine.Tests.Running;

/// <summary>When asking for packets before sleeping is advised.</summary>
public sealed class PollForecastTests
{
    [Fact]
    public void At_first_it_is_tried() => Assert.True(default(PollForecast).Pays);

    [Fact]
    public void What_found_something_is_tried_again()
    {
        var forecast = default(PollForecast);
        for (var i = 0; i < 100; i++)
        {
            forecast.NoteFound();
            Assert.True(forecast.Pays);
        }
    }

    [Fact]
    public void After_each_asking_in_vain_twice_as_many_short_waits_are_slept_through()
    {
        var forecast = default(PollForecast);
        Assert.Equal([1, 3, 7, 15, 31, 63, 63, 63], Enumerable.Range(0, 8).Select(_ => SleepsAfterVain(ref forecast)));
    }

    [Fact]
    public void One_that_found_something_begins_the_count_again()
    {
        var forecast = default(PollForecast);
        for (var i = 0; i < 5; i++)
        {
            SleepsAfterVain(ref forecast);
        }

        forecast.NoteFound();
        Assert.Equal(1, SleepsAfterVain(ref forecast));
    }

    [Fact]
    public void Without_short_waits_it_is_not_tried_again()
    {
        var forecast = default(PollForecast);
        forecast.NoteVain();
        Assert.False(forecast.Pays);
    }

    private static int SleepsAfterVain(ref PollForecast forecast)
    {
        forecast.NoteVain();
        var sleeps = 0;
        for (; !forecast.Pays; sleeps++)
        {
            forecast.NoteShortSleep();
        }

        return sleeps;
    }
}
