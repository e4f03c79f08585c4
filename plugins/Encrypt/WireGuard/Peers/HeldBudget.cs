namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The number of packets that wait for handshakes of all peers together, and the peer that has the most of them. The queues share its
/// lock; every member belongs to its holder.
/// </summary>
/// <param name="capacity">The maximum number of packets.</param>
internal sealed class HeldBudget(int capacity)
{
    private readonly HashSet<HeldPackets>?[] _byCount = new HashSet<HeldPackets>?[HeldPackets.Capacity + 1];
    private int _largest;

    /// <summary>Protects this and every queue.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The number of packets that wait.</summary>
    public int Total { get; private set; }

    /// <summary>Whether one more needs another one to go.</summary>
    public bool IsFull => Total >= capacity;

    /// <summary>A queue with the most packets; null when none has any.</summary>
    public HeldPackets? Longest => _largest == 0 ? null : _byCount[_largest]!.First();

    /// <summary>Notes a queue's new count.</summary>
    public void Move(HeldPackets queue, int from, int to)
    {
        Total += to - from;
        if (from > 0)
        {
            _byCount[from]!.Remove(queue);
        }

        if (to > 0)
        {
            (_byCount[to] ??= []).Add(queue);
        }

        _largest = Math.Max(_largest, to);
        while (_largest > 0 && _byCount[_largest] is null or { Count: 0 })
        {
            _largest--;
        }
    }
}
