namespace Culvert.Engine.Running;

/// <summary>
/// Learns from a thread's waits whether asking for packets before sleeping pays. After an asking in vain it advises to sleep through the next
/// short waits, twice as many each time, up to <see cref="MaxSleeps"/>; one that found something brings it back. Long waits teach nothing: what
/// comes seldom is slept for.
/// </summary>
internal struct PollForecast
{
    /// <summary>The most short waits that it advises to sleep through.</summary>
    public const int MaxSleeps = 63;

    private int _step;
    private int _left;

    /// <summary>Whether the next wait should begin with asking.</summary>
    public readonly bool Pays => _left == 0;

    /// <summary>Asking found something.</summary>
    public void NoteFound() => _step = 0;

    /// <summary>Asking was in vain.</summary>
    public void NoteVain()
    {
        _step = Math.Min((_step * 2) + 1, MaxSleeps);
        _left = _step;
    }

    /// <summary>A wait was slept through, and it was short.</summary>
    public void NoteShortSleep() => _left = Math.Max(0, _left - 1);
}
