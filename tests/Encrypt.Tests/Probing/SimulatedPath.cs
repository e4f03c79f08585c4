using Culvert.Plugins.Encrypt.WireGuard.Probing;

namespace Encrypt.Tests.Probing;

/// <summary>The other end of a simulated path.</summary>
public enum SimulatedPeer
{
    Culvert,
    AnswersEcho,
    Silent,
}

/// <summary>
/// A path with a width, a delay and loss, a sender of full-sized packets and the other end, on a clock of its own: a day takes a second. One
/// seed gives one course.
/// </summary>
internal sealed class SimulatedPath : IPathActions
{
    public const int Overhead = 60;

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(100);

    private readonly PriorityQueue<Action, TimeSpan> _events = new();
    private readonly Random _random;
    private SizeCounts _sent;
    private SizeCounts _received;
    private TimeSpan _nextTick;
    private double _owed;

    public SimulatedPath(int seed, SimulatedPeer peer = SimulatedPeer.Culvert, int min = PathSizes.Base, int ceiling = 1440)
    {
        (_random, Peer) = (new Random(seed), peer);
        Machine = new PathMachine(Overhead, min, this);
        Machine.Search.SetCeiling(ceiling);
        Machine.HandleSession(Now);
    }

    public PathMachine Machine { get; }

    public SimulatedPeer Peer { get; set; }

    public PathSearch Search => Machine.Search;

    public TimeSpan Now { get; private set; } = TimeSpan.FromDays(700_000);

    /// <summary>The largest packet that passes, in bytes inside the tunnel; null for none at all.</summary>
    public int? Width { get; set; } = 1440;

    /// <summary>The share of datagrams that is lost by chance, each way.</summary>
    public double Loss { get; set; }

    public TimeSpan OneWay { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Full-sized packets a second.</summary>
    public double Rate { get; set; } = 1000;

    public int EchoTargets { get; init; } = 1;

    public SizeCounts Sent => _sent;

    public long Activity { get; private set; }

    /// <summary>Bytes of datagrams that carried data, and of those for the path's sake, both ways.</summary>
    public long DataBytes { get; private set; }

    public long ProbeBytes { get; private set; }

    public int Messages { get; private set; }

    /// <summary>Probes as large as the packets in use.</summary>
    public int BiggestProbes { get; set; }

    /// <summary>Every size that was in use, in order.</summary>
    public List<int> Sizes { get; } = [];

    public void Run(TimeSpan span)
    {
        var end = Now + span;
        while (Now < end)
        {
            var due = Machine.Advance(Now);
            Note();
            var next = due is { } wanted && wanted < _nextTick ? wanted : _nextTick;
            next = _events.TryPeek(out _, out var at) && at < next ? at : next;
            Now = next < Now ? Now : next;
            while (_events.TryPeek(out _, out at) && at <= Now)
            {
                _events.Dequeue()();
            }

            if (Now >= _nextTick)
            {
                SendData();
                _nextTick = Now + _tick;
            }
        }
    }

    /// <summary>Runs until something holds, at most for a time.</summary>
    /// <returns>How long it took; null when it never held.</returns>
    public TimeSpan? RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var start = Now;
        while (Now - start < limit)
        {
            if (condition())
            {
                return Now - start;
            }

            Run(_tick / 2);
        }

        return condition() ? Now - start : null;
    }

    public void Send(ProbeKind kind, ushort id, int size)
    {
        Messages++;
        BiggestProbes += kind == ProbeKind.Probe && size == Search.Size ? 1 : 0;
        ProbeBytes += size + Overhead;
        if (Peer != SimulatedPeer.Culvert)
        {
            return;
        }

        Cross(size, () =>
        {
            var answer = new ProbeMessage
            {
                Kind = kind == ProbeKind.Probe ? ProbeKind.Acknowledgment : ProbeKind.Counts,
                Id = id,
                Size = size,
                OwnSize = 1440,
                Counts = _received,
            };
            var answerSize = kind == ProbeKind.Probe ? ProbeMessage.HeaderSize : ProbeMessage.CountsSize + 12;
            ProbeBytes += answerSize + Overhead;
            Cross(answerSize, () => Machine.HandleMessage(Now, answer));
        });
    }

    public void SendEcho(int target, ushort id, int size)
    {
        ProbeBytes += size + Overhead;
        if (Peer == SimulatedPeer.AnswersEcho && target == EchoTargets - 1)
        {
            Cross(size, () =>
            {
                ProbeBytes += size + Overhead;
                Cross(size, () => Machine.HandleEcho(Now, id));
            });
        }
    }

    private bool Passes(int size) => size <= Width && _random.NextDouble() >= Loss;

    private void Cross(int size, Action arrived)
    {
        if (Passes(size))
        {
            _events.Enqueue(arrived, Now + OneWay);
        }
    }

    private void SendData()
    {
        _owed += Rate * _tick.TotalSeconds;
        var packets = (int)_owed;
        _owed -= packets;
        if (packets == 0)
        {
            return;
        }

        var size = Search.Size;
        DataBytes += packets * (long)(size + Overhead);
        Activity += packets;
        Machine.HandleTraffic(Now);
        var place = SizeCounts.ClassOf(size);
        if (place < 0)
        {
            return;
        }

        _sent[place] += (uint)packets;
        var passed = 0u;
        for (var i = 0; i < packets; i++)
        {
            passed += Passes(size) ? 1u : 0;
        }

        _events.Enqueue(() => _received[place] += passed, Now + OneWay);
    }

    private void Note()
    {
        if (Sizes.Count == 0 || Sizes[^1] != Search.Size)
        {
            Sizes.Add(Search.Size);
        }
    }
}
