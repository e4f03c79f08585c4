using Culvert.Packets;

namespace Culvert.Testing;

/// <summary>
/// A network between two <see cref="MemoryEndpoint"/> network endpoints, with seeded loss, reordering and duplication. What one endpoint sends the
/// other receives, from the sender's address. Each direction has random numbers of its own, so that the outcome depends only on the
/// order of datagrams within it. Thread-safe.
/// </summary>
public sealed class LossyLink : IDisposable
{
    private readonly Way _there;
    private readonly Way _back;

    /// <summary>Joins two endpoints; neither captures from then on.</summary>
    public LossyLink(MemoryEndpoint left, MemoryEndpoint right, LinkConditions? conditions = null)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        Conditions = conditions ?? LinkConditions.Perfect;
        _there = new Way(this, left, right, Conditions.Seed);
        _back = new Way(this, right, left, ~Conditions.Seed);
        left.Sink = _there.Carry;
        right.Sink = _back.Carry;
    }

    /// <summary>The conditions of later datagrams. May be changed while traffic flows.</summary>
    public LinkConditions Conditions { get; set; }

    /// <summary>The number of datagrams lost, in both directions.</summary>
    public long Lost => _there.Lost + _back.Lost;

    /// <summary>The number of datagrams that arrived a second time.</summary>
    public long Duplicated => _there.Duplicated + _back.Duplicated;

    /// <summary>The number of datagrams that arrived after one that was sent later.</summary>
    public long Reordered => _there.Reordered + _back.Reordered;

    /// <summary>Delivers what reordering still holds back.</summary>
    public void Flush()
    {
        _there.Flush();
        _back.Flush();
    }

    /// <summary>Discards delayed datagrams and separates the endpoints: what they send from then on is lost.</summary>
    public void Dispose()
    {
        Conditions = new LinkConditions { Loss = 1 };
        _there.Forget();
        _back.Forget();
    }

    private sealed class Way(LossyLink link, MemoryEndpoint from, MemoryEndpoint to, int seed)
    {
        private readonly Lock _gate = new();
        private readonly Random _random = new(seed);
        private byte[]? _held;
        private long _lost;
        private long _duplicated;
        private long _reordered;

        public long Lost => Interlocked.Read(ref _lost);

        public long Duplicated => Interlocked.Read(ref _duplicated);

        public long Reordered => Interlocked.Read(ref _reordered);

        public void Carry(ReadOnlySpan<byte> packet, DatagramEndpoint endpoint)
        {
            lock (_gate)
            {
                var conditions = link.Conditions;
                // Three draws for every datagram, so that changing one share leaves the outcomes of the others alone.
                var (loss, reorder, duplicate) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble());
                if (loss < conditions.Loss || packet.Length > conditions.Largest)
                {
                    _lost++;
                }
                else if (reorder < conditions.Reorder && _held is null)
                {
                    _held = packet.ToArray();
                }
                else
                {
                    Deliver(packet, duplicate < conditions.Duplicate);
                }
            }
        }

        public void Flush()
        {
            lock (_gate)
            {
                if (_held is { } held)
                {
                    _held = null;
                    to.Inject(held, from.Address);
                }
            }
        }

        public void Forget()
        {
            lock (_gate)
            {
                _held = null;
            }
        }

        private void Deliver(ReadOnlySpan<byte> packet, bool twice)
        {
            to.Inject(packet, from.Address);
            if (twice)
            {
                _duplicated++;
                to.Inject(packet, from.Address);
            }

            if (_held is { } held)
            {
                _held = null;
                _reordered++;
                to.Inject(held, from.Address);
            }
        }
    }
}
