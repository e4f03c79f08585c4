namespace Culvert.Plugins.Transport.Tcp;

/// <summary>
/// The pauses between attempts to connect: 1 s, doubled up to 60 s, each shortened by up to a quarter, so that many peers of one restarted
/// site do not come at once. Not thread-safe.
/// </summary>
/// <param name="random">Where the shortening comes from.</param>
internal sealed class RetryPause(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private TimeSpan _next = First;

    /// <summary>Returns the pause before the next attempt.</summary>
    public TimeSpan Next()
    {
        var pause = _next * (1 - (random.NextDouble() / 4));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return pause;
    }

    /// <summary>Begins with the shortest again: an attempt succeeded.</summary>
    public void Reset() => _next = First;
}
