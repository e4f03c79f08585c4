using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Guarding;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>
/// Runs one direction's batch through the stages of a chain: count, call, compact, next. The innermost loop of the program: for each
/// stage and batch one virtual call and a handful of additions, for each packet one addition (its length). Belongs to one thread.
/// </summary>
internal sealed class ChainWalker(Direction direction, IFaultSink faults)
{
    // One batch in so many has its time taken around each stage: two clock reads a stage would cost small batches dearly.
    private const int TimedEvery = 64;

    // Not the very first: loading and compiling would be measured.
    private const int FirstTimed = 16;

    private const int Nowhere = -1;

    private int _untilTimed = FirstTimed;
    private IChainObserver? _observer;
    private Chain? _chain;
    private int _at = Nowhere;

    /// <summary>The work around each stage: a type parameter, so that the loop is compiled for each without a call.</summary>
    private interface IProbe
    {
        void Before(in Chain.Step step, PacketBatch batch);

        void After(in Chain.Step step, PacketBatch batch);

        void Passed(in Chain.Step step);

        void End(PacketBatch batch);
    }

    /// <summary>Sees sampled packets at each boundary; null, the usual case, costs one test a batch.</summary>
    public IChainObserver? Observer
    {
        get => Volatile.Read(ref _observer);
        set => Volatile.Write(ref _observer, value);
    }

    /// <summary>The stage that has the batch now; null between two batches. From any thread.</summary>
    public StageNode? Current =>
        Volatile.Read(ref _at) is var at and not Nowhere && Volatile.Read(ref _chain)?.Steps(direction) is { } steps && at < steps.Length
            ? steps[at].Node
            : null;

    /// <summary>Hands the batch from stage to stage until it is empty or the sink has had it. Contains whatever a stage throws.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="entry">The first step.</param>
    /// <param name="batch">The packets; compacted between two stages, and left as the sink left it.</param>
    /// <param name="emitter">The stage that emitted them; null for what an end received.</param>
    public void Walk(Chain chain, int entry, PacketBatch batch, StageNode? emitter = null)
    {
        if (Observer is { } observer && observer.Begin(batch, chain.Steps(direction)[entry].Node, emitter))
        {
            Walk(chain, entry, batch, new ObserverProbe(observer));
        }
        else if (--_untilTimed == 0)
        {
            _untilTimed = TimedEvery;
            Walk(chain, entry, batch, new TimeProbe());
        }
        else
        {
            Walk(chain, entry, batch, default(NoProbe));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stage throws is contained here.")]
    private void Walk<TProbe>(Chain chain, int entry, PacketBatch batch, TProbe probe)
        where TProbe : struct, IProbe
    {
        var steps = chain.Steps(direction);
        _chain = chain;
        for (var i = entry; i < steps.Length && batch.Count != 0; i++)
        {
            ref readonly var step = ref steps[i];
            _at = i;
            try
            {
                batch.Holder = step.Holder;
                step.Traffic.NoteIn(batch.Count, batch.ByteCount);
                probe.Before(step, batch);
                StageCalls.Process(step.Stage, direction, batch);
                probe.After(step, batch);
                Pass(step, batch);
                probe.Passed(step);
            }
            catch (Exception error)
            {
                Contain(step, batch, error);
            }
        }

        _at = Nowhere;
        _chain = null;
        probe.End(batch);
    }

    private static void Pass(in Chain.Step step, PacketBatch batch)
    {
        var (taken, consumed) = (batch.TakenCount, batch.ConsumedCount);
        var gone = batch.Compact();
        if (gone != 0)
        {
            step.Traffic.NoteGone(gone - taken - consumed, taken, consumed);
        }
    }

    private void Contain(in Chain.Step step, PacketBatch batch, Exception error)
    {
        var (taken, consumed) = (batch.TakenCount, batch.ConsumedCount);
        var packets = batch.Count - batch.GoneCount;
        step.Traffic.NoteGone(batch.GoneCount - taken - consumed, taken, consumed);
        step.Traffic.NoteFaulted(packets);
        step.Node.Unit.HostDrops.Note(HostDrop.Fault, direction, packets);
        batch.Clear();
        (step.Stage as ConditionalStage)?.Recover(batch);
        faults.BatchFault(step.Node, direction, packets, error);
    }

    private readonly struct NoProbe : IProbe
    {
        public void Before(in Chain.Step step, PacketBatch batch)
        {
        }

        public void After(in Chain.Step step, PacketBatch batch)
        {
        }

        public void Passed(in Chain.Step step)
        {
        }

        public void End(PacketBatch batch)
        {
        }
    }

    private struct TimeProbe() : IProbe
    {
        private long _before = Stopwatch.GetTimestamp();
        private int _packets;

        public void Before(in Chain.Step step, PacketBatch batch) => _packets = batch.Count;

        public readonly void After(in Chain.Step step, PacketBatch batch)
        {
        }

        public void Passed(in Chain.Step step)
        {
            var after = Stopwatch.GetTimestamp();
            step.Traffic.NoteTimed(_packets, after - _before);
            _before = after;
        }

        public readonly void End(PacketBatch batch)
        {
        }
    }

    private readonly struct ObserverProbe(IChainObserver observer) : IProbe
    {
        public void Before(in Chain.Step step, PacketBatch batch) => observer.Before(step.Node, batch);

        public void After(in Chain.Step step, PacketBatch batch) => observer.After(step.Node, batch);

        public void Passed(in Chain.Step step)
        {
        }

        public void End(PacketBatch batch) => observer.End(batch);
    }
}
