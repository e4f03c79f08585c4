namespace Culvert.Engine.Running;

/// <summary>
/// Tells from how many packets a thread carries between two waits whether somebody awaits an answer: requests and responses come one by one,
/// a stream brings many at once and acknowledgements between them.
/// </summary>
internal struct RoundTrips
{
    /// <summary>The most packets between two waits that count as one request or response.</summary>
    public const int Few = 2;

    /// <summary>So many waits in a row with few packets before them are no stream.</summary>
    public const int Turns = 4;

    private int _turns;

    /// <summary>Whether the next packet most likely answers the last one.</summary>
    public readonly bool AreAwaited => _turns >= Turns;

    /// <summary>Notes what was carried before a wait.</summary>
    /// <param name="carried">The number of packets; 0 says nothing.</param>
    /// <returns>True when round trips begin.</returns>
    public bool Note(int carried)
    {
        var before = AreAwaited;
        if (carried > Few)
        {
            _turns = 0;
        }
        else if (carried > 0 && _turns < Turns)
        {
            _turns++;
        }

        return AreAwaited && !before;
    }
}
