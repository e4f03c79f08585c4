using Culvert.Engine.Running;

namespace Engine.Tests.Running;

/// <summary>What counts as requests and responses.</summary>
public sealed class RoundTripsTests
{
    [Fact]
    public void Packets_one_by_one_are_round_trips_from_the_fourth_on()
    {
        var trips = default(RoundTrips);
        Assert.Equal([false, false, false, true, false, false], Noted(ref trips, 1, 1, 2, 1, 1, 2));
        Assert.True(trips.AreAwaited);
    }

    [Fact]
    public void A_stream_with_its_acknowledgements_is_none()
    {
        var trips = default(RoundTrips);
        Assert.DoesNotContain(true, Noted(ref trips, 45, 1, 45, 1, 1, 45, 1, 2, 1, 45));
        Assert.False(trips.AreAwaited);
    }

    [Fact]
    public void Many_at_once_end_them()
    {
        var trips = default(RoundTrips);
        Noted(ref trips, 1, 1, 1, 1);
        Assert.False(trips.Note(3));
        Assert.False(trips.AreAwaited);
        Assert.Equal([false, false, false, true], Noted(ref trips, 1, 1, 1, 1));
    }

    [Fact]
    public void A_wake_without_packets_says_nothing()
    {
        var trips = default(RoundTrips);
        Noted(ref trips, 0, 1, 0, 1, 0, 1, 0);
        Assert.False(trips.AreAwaited);
        Assert.True(trips.Note(1));
        Noted(ref trips, 0, 0, 0);
        Assert.True(trips.AreAwaited);
    }

    private static bool[] Noted(ref RoundTrips trips, params int[] carried)
    {
        var began = new bool[carried.Length];
        for (var i = 0; i < carried.Length; i++)
        {
            began[i] = trips.Note(carried[i]);
        }

        return began;
    }
}
