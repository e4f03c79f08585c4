using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Engine.Tests.Running;

/// <summary>The options of <see cref="DelayStage"/>.</summary>
public sealed record DelayOptions
{
    [Option("How long each packet is held.")]
    public TimeSpan Time { get; init; }

    /// <summary>Holds packets in the instance, which emits them when it is disposed, instead of in the entry's state.</summary>
    [Option("Holds packets in the instance.")]
    public bool Own { get; init; }
}

/// <summary>Holds every outbound packet for a time. What it holds outlives a reload.</summary>
[Stage("delay", "Holds packets for a time.")]
public sealed class DelayStage : IPacketStage, IStageDefinition<DelayOptions>, IDisposable
{
    private readonly DelayLine _line;
    private readonly bool _own;
    private readonly DropReason _full;

    public DelayStage(DelayOptions options, IStageContext context)
    {
        _own = options.Own;
        _full = context.Counters.DropReason("full", "Packets for which the pool had no room.");
        _line = _own ? new DelayLine(context, options.Time) : context.State("line", entry => new DelayLine(entry, options.Time));
        context.Post(() => _line.SetTime(options.Time));
    }

    public static StageShape Shape(DelayOptions options) => StageShape.Through(PacketKind.Ip);

    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (packet.TryTake(out var lease))
            {
                _line.Add(lease);
            }
            else
            {
                packet.Drop(_full);
            }
        }
    }

    public void Dispose()
    {
        if (_own)
        {
            _line.Dispose();
        }
    }

    /// <summary>Packets in the order in which they came. Thread-safe.</summary>
    private sealed class DelayLine : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly Queue<(PacketLease Packet, long At)> _held = new();
        private readonly IStageContext _context;
        private readonly StageTimer _timer;
        private TimeSpan _time;

        public DelayLine(IStageContext context, TimeSpan time)
        {
            (_context, _time) = (context, time);
            _timer = context.CreateTimer(() => Release(all: false));
        }

        public void SetTime(TimeSpan time)
        {
            lock (_gate)
            {
                _time = time;
            }

            Release(all: false);
        }

        public void Add(PacketLease lease)
        {
            lock (_gate)
            {
                _held.Enqueue((lease, _context.Time.GetTimestamp()));
                if (_held.Count == 1)
                {
                    _timer.Schedule(_time);
                }
            }
        }

        public void Dispose() => Release(all: true);

        private void Release(bool all)
        {
            lock (_gate)
            {
                while (_held.TryPeek(out var next) && (all || _context.Time.GetElapsedTime(next.At) >= _time))
                {
                    _held.Dequeue();
                    _context.Emit(Direction.Outbound, next.Packet);
                }

                if (_held.TryPeek(out var first) && !all)
                {
                    var left = _time - _context.Time.GetElapsedTime(first.At);
                    _timer.Schedule(left > TimeSpan.Zero ? left : TimeSpan.Zero);
                }
            }
        }
    }
}
