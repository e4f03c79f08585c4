using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
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

    // Not the very first: it would tell of loading and compiling.
    private const int FirstTimed = 16;

    private int _untilTimed = FirstTimed;
    private IChainWatch? _watch;

    /// <summary>Sees sampled packets at each boundary; null, the usual case, costs one test a batch.</summary>
    public IChainWatch? Watch
    {
        get => Volatile.Read(ref _watch);
        set => Volatile.Write(ref _watch, value);
    }

    /// <summary>Hands the batch from stage to stage until it is empty or the sink has had it. Contains whatever a stage throws.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="entry">The first step.</param>
    /// <param name="batch">The packets; compacted between two stages, and left as the sink left it.</param>
    /// <param name="emitter">The stage that emitted them; null for what an end received.</param>
    public void Walk(Chain chain, int entry, PacketBatch batch, StageNode? emitter = null)
    {
        if (Watch is { } watch && watch.Begin(batch, chain.Steps(direction)[entry].Node, emitter))
        {
            WalkWatched(chain, entry, batch, watch);
        }
        else if (--_untilTimed == 0)
        {
            _untilTimed = TimedEvery;
            WalkTimed(chain, entry, batch);
        }
        else
        {
            WalkPlain(chain, entry, batch);
        }
    }

    private static void Pass(in Chain.Step step, PacketBatch batch)
    {
        var taken = batch.TakenCount;
        var gone = batch.Compact();
        if (gone != 0)
        {
            step.Traffic.NoteGone(gone - taken, taken);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stage throws is contained here.")]
    private void WalkPlain(Chain chain, int entry, PacketBatch batch)
    {
        var steps = chain.Steps(direction);
        var i = entry;
        try
        {
            for (; i < steps.Length && batch.Count != 0; i++)
            {
                ref readonly var step = ref steps[i];
                step.Traffic.NoteIn(batch.Count, batch.ByteCount);
                Call(step, batch);
                Pass(step, batch);
            }
        }
        catch (Exception error)
        {
            Contain(steps[i], batch, error);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stage throws is contained here.")]
    private void WalkTimed(Chain chain, int entry, PacketBatch batch)
    {
        var steps = chain.Steps(direction);
        var i = entry;
        try
        {
            var before = Stopwatch.GetTimestamp();
            for (; i < steps.Length && batch.Count != 0; i++)
            {
                ref readonly var step = ref steps[i];
                var packets = batch.Count;
                step.Traffic.NoteIn(packets, batch.ByteCount);
                Call(step, batch);
                Pass(step, batch);
                var after = Stopwatch.GetTimestamp();
                step.Traffic.NoteTimed(packets, after - before);
                before = after;
            }
        }
        catch (Exception error)
        {
            Contain(steps[i], batch, error);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stage throws is contained here.")]
    private void WalkWatched(Chain chain, int entry, PacketBatch batch, IChainWatch watch)
    {
        var steps = chain.Steps(direction);
        var i = entry;
        try
        {
            for (; i < steps.Length && batch.Count != 0; i++)
            {
                ref readonly var step = ref steps[i];
                step.Traffic.NoteIn(batch.Count, batch.ByteCount);
                watch.Before(step.Node, batch);
                Call(step, batch);
                watch.After(step.Node, batch);
                Pass(step, batch);
            }
        }
        catch (Exception error)
        {
            Contain(steps[i], batch, error);
        }
        finally
        {
            watch.End(batch);
        }
    }

    private void Call(in Chain.Step step, PacketBatch batch)
    {
        if (direction == Direction.Outbound)
        {
            step.Stage.Outbound(batch);
        }
        else
        {
            step.Stage.Inbound(batch);
        }
    }

    private void Contain(in Chain.Step step, PacketBatch batch, Exception error)
    {
        var taken = batch.TakenCount;
        var dropped = batch.DroppedCount - taken;
        var packets = batch.Count - batch.DroppedCount;
        step.Traffic.NoteGone(dropped, taken);
        step.Traffic.NoteFaulted(packets);
        batch.Clear();
        faults.BatchFault(step.Node, direction, packets, error);
    }
}
