using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>The faults of the link of a twin replay. Shares are from 0 (never) to 1 (always).</summary>
internal sealed record TwinConditions
{
    /// <summary>The seed of the random numbers: the same seed gives the same losses.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The share that is lost.</summary>
    public double Loss { get; init; }

    /// <summary>The share that is held back until a later datagram of the same direction has passed it.</summary>
    public double Reorder { get; init; }

    /// <summary>The share that arrives twice.</summary>
    public double Duplicate { get; init; }
}

/// <summary>The datagrams that a link of a twin replay carried in one direction.</summary>
/// <param name="Sent">Datagrams that were sent.</param>
/// <param name="Lost">Lost by chance.</param>
/// <param name="TooLarge">Lost because the path does not carry datagrams of their length.</param>
/// <param name="Reordered">Passed by a later one.</param>
/// <param name="Duplicated">Arrived twice.</param>
internal sealed record TwinLinkTally(long Sent, long Lost, long TooLarge, long Reordered, long Duplicated);

/// <summary>One direction of the link between the sites: seeded loss, reordering and duplication, in memory. Not thread-safe.</summary>
/// <param name="conditions">What happens to datagrams.</param>
/// <param name="seed">What this direction's random numbers start from.</param>
/// <param name="largest">The longest datagram that the path carries, in bytes.</param>
internal sealed class TwinLink(TwinConditions conditions, int seed, int largest)
{
    private readonly Random _random = new(seed);
    private readonly Queue<Datagram> _arrived = new();
    private Datagram? _held;
    private TwinLinkTally _tally = new(0, 0, 0, 0, 0);

    /// <summary>The sums so far.</summary>
    public TwinLinkTally Tally => _tally;

    /// <summary>Takes what a site sends.</summary>
    public void Send(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            Send(packet);
        }
    }

    /// <summary>Takes a datagram that has arrived.</summary>
    public bool TryReceive(out Datagram datagram) => _arrived.TryDequeue(out datagram);

    /// <summary>Delivers what is held back, when nothing later comes to pass it.</summary>
    public void Flush() => Release(passed: false);

    private void Send(Packet packet)
    {
        _tally = _tally with { Sent = _tally.Sent + 1 };
        if (packet.Length > largest)
        {
            _tally = _tally with { TooLarge = _tally.TooLarge + 1 };
            return;
        }

        // Three numbers each, whatever comes of them: another loss does not shift which datagrams are reordered.
        var (loss, reorder, duplicate) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble());
        if (loss < conditions.Loss)
        {
            _tally = _tally with { Lost = _tally.Lost + 1 };
            return;
        }

        var datagram = new Datagram(packet.Data.ToArray(), packet.Mark);
        if (reorder < conditions.Reorder && _held is null)
        {
            _held = datagram;
            return;
        }

        _arrived.Enqueue(datagram);
        if (duplicate < conditions.Duplicate)
        {
            _arrived.Enqueue(datagram);
            _tally = _tally with { Duplicated = _tally.Duplicated + 1 };
        }

        Release(passed: true);
    }

    private void Release(bool passed)
    {
        if (_held is { } held)
        {
            _arrived.Enqueue(held);
            _held = null;
            _tally = _tally with { Reordered = _tally.Reordered + (passed ? 1 : 0) };
        }
    }

    /// <summary>A datagram under way.</summary>
    /// <param name="Bytes">Its payload.</param>
    /// <param name="Mark">Which frame it came from; 0 for none.</param>
    internal readonly record struct Datagram(byte[] Bytes, uint Mark);
}
