using Culvert.Packets;

namespace Culvert.Counters;

/// <summary>
/// Why packets are dropped, with the number of packets that were. Declared by <see cref="CounterSet.DropReason"/>; grows when a packet is
/// dropped under it, and only then. Thread-safe.
/// </summary>
public sealed class DropReason
{
    internal DropReason(Counter counter) => Counter = counter;

    /// <summary>The name in kebab case, for instance <c>bad-checksum</c>.</summary>
    public string Name => Counter.Name;

    /// <summary>One sentence that says which packets are dropped for it.</summary>
    public string Description => Counter.Description;

    /// <inheritdoc cref="Counter.Tags"/>
    public IReadOnlyList<KeyValuePair<string, string>> Tags => Counter.Tags;

    /// <summary>The number of packets dropped so far.</summary>
    public long Value => Counter.Value;

    internal Counter Counter { get; }

    /// <inheritdoc/>
    public override string ToString() => Counter.ToString();

    internal void Count(int packets) => Counter.Add(packets);

    /// <summary>Counts one packet, and may keep its beginning as an example.</summary>
    internal void Count(ReadOnlySpan<byte> packet, in DatagramEndpoint endpoint)
    {
        Counter.Add(1);
        Counter.Last!.Keep(packet, endpoint);
    }
}
