using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace Delay;

/// <summary>
/// The packets of one direction, oldest first. The direction's loop adds, the service thread sends: both take the lock.
/// </summary>
internal sealed class DelayLine : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Due, PacketLease Packet)> _held;
    private readonly Direction _direction;
    private readonly IStageContext _context;
    private readonly DropReason _full;
    private readonly StageTimer _timer;
    private long _delay;
    private int _maxPackets;

    public DelayLine(Direction direction, DelayOptions options, IStageContext context, DropReason full)
    {
        (_direction, _context, _full) = (direction, context, full);
        _held = new(options.MaxPackets);
        _timer = context.CreateTimer(SendDue);
        Use(options);
    }

    /// <summary>Applies options to the packets that come from now on.</summary>
    public void Use(DelayOptions options)
    {
        lock (_gate)
        {
            _delay = (long)(options.Time.TotalSeconds * _context.Time.TimestampFrequency);
            _maxPackets = options.MaxPackets;
            // Grown here, so that the data path allocates nothing.
            _held.EnsureCapacity(_maxPackets);
        }
    }

    public void Add(PacketBatch batch)
    {
        lock (_gate)
        {
            var wasEmpty = _held.Count == 0;
            foreach (var packet in batch)
            {
                if (_held.Count < _maxPackets && packet.TryTake(out var lease))
                {
                    _held.Enqueue((batch.Timestamp + _delay, lease));
                }
                else
                {
                    packet.Drop(_full);
                }
            }

            if (wasEmpty)
            {
                ScheduleNext();
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            Send(until: long.MaxValue);
        }
    }

    private void SendDue()
    {
        lock (_gate)
        {
            Send(_context.Time.GetTimestamp());
            ScheduleNext();
        }
    }

    private void Send(long until)
    {
        while (_held.TryPeek(out var oldest) && oldest.Due <= until)
        {
            // From here on the packet is the host's.
            _context.Emit(_direction, _held.Dequeue().Packet);
        }
    }

    private void ScheduleNext()
    {
        if (_held.TryPeek(out var oldest))
        {
            var wait = _context.Time.GetElapsedTime(_context.Time.GetTimestamp(), oldest.Due);
            _timer.Schedule(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        }
    }
}
