namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// How many messages the next <c>recvmmsg</c> asks for. Each may turn out to be one datagram or 64 that the kernel coalesced, and what
/// does not fit the batch has to wait with its buffer, out of the cache by then; so the last call's mix is the guess for the next. Where
/// messages may be coalesced, the guess begins small and at most doubles: a burst of them behind a single datagram would else touch every
/// buffer whole at once, and what was touched stays resident.
/// </summary>
internal static class ReceivePlan
{
    private const int First = 8;

    /// <summary>The number of messages to ask for.</summary>
    /// <param name="free">Packets that the batch still takes, 1 or more.</param>
    /// <param name="buffers">Buffers that there are, 1 or more.</param>
    /// <param name="coalesced">True when the kernel may coalesce datagrams into a message.</param>
    /// <param name="lastMessages">Messages of the last call; 0 when there was none.</param>
    /// <param name="lastDatagrams">Datagrams in them.</param>
    /// <returns>1 to <paramref name="buffers"/>.</returns>
    public static int Messages(int free, int buffers, bool coalesced, int lastMessages, int lastDatagrams)
    {
        var each = lastMessages == 0 ? 1 : Math.Max(1, lastDatagrams / lastMessages);
        var most = coalesced ? Math.Min(buffers, Math.Max(First, 2 * lastMessages)) : buffers;
        return Math.Clamp(free / each, 1, most);
    }
}
