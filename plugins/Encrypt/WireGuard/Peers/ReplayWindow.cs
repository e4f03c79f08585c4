namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Which of the newest counters of a keypair were seen (RFC 6479: a ring of words, so that moving on clears words, not bits). The last
/// <see cref="Size"/> counters are told apart; older ones are refused. Not thread-safe.
/// </summary>
internal sealed class ReplayWindow
{
    /// <summary>The number of counters by which a packet may be late.</summary>
    public const int Size = 8192;

    private const int WordBits = 64;
    private const int WordShift = 6;
    private const int Words = 2 * Size / WordBits;
    private const int WordMask = Words - 1;

    private readonly ulong[] _ring = new ulong[Words];
    private ulong _next;

    /// <summary>Whether a counter is neither too old nor seen. Changes nothing: for a check before the costly one of a tag.</summary>
    public bool IsNew(ulong counter)
    {
        if (counter >= _next)
        {
            return true;
        }

        return _next - counter <= Size && (_ring[Word(counter)] & Bit(counter)) == 0;
    }

    /// <summary>Marks a counter of an authentic packet as seen.</summary>
    /// <param name="counter">Below <c>ulong.MaxValue</c>.</param>
    /// <returns>False when it is too old or was seen already.</returns>
    public bool TryAccept(ulong counter)
    {
        if (!IsNew(counter))
        {
            return false;
        }

        if (counter >= _next)
        {
            Advance(counter);
        }

        _ring[Word(counter)] |= Bit(counter);
        return true;
    }

    private static int Word(ulong counter) => (int)(counter >> WordShift) & WordMask;

    private static ulong Bit(ulong counter) => 1UL << (int)(counter & (WordBits - 1));

    private void Advance(ulong counter)
    {
        var newest = counter >> WordShift;
        // The word of the newest counter so far keeps its bits; at the start no word has any.
        var current = _next == 0 ? 0 : (_next - 1) >> WordShift;
        var steps = Math.Min(newest - current, Words);
        for (ulong i = 1; i <= steps; i++)
        {
            _ring[(int)(current + i) & WordMask] = 0;
        }

        _next = counter + 1;
    }
}
