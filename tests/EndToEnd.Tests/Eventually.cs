using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>Waits for what takes its time, within a bound.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is yes; fails when the time is up.</summary>
    public static void True(Func<bool> condition, TimeSpan limit, Func<string> otherwise)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                Assert.Fail(otherwise());
            }

            Thread.Sleep(_pause);
        }
    }
}
