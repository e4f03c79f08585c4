using System.Diagnostics.CodeAnalysis;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Testing.Laws;

/// <summary>Both directions of a stage on two threads at the same time, as the host calls them.</summary>
internal static class ThreadLaw
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    public static void Check<TStage>(StageHarness<TStage> harness, IReadOnlyList<byte[]> samples, int rounds)
        where TStage : class, IPacketStage
    {
        // Rounds that begin together overlap more often than two long runs of one thread each.
        using var together = new Barrier(2);
        var outbound = new Side<TStage>(harness, Direction.Outbound, samples, rounds, together);
        var inbound = new Side<TStage>(harness, Direction.Inbound, samples, rounds, together);
        Side<TStage>[] sides = [outbound, inbound];
        var hangs = Array.FindAll(sides, side => !side.Join(_limit));
        if (hangs.Length > 0)
        {
            throw new ConformanceException(
                $"{typeof(TStage).Name}: with both directions on two threads, {string.Join(" and ", hangs.Select(side => side.Direction))} did not return within {_limit.TotalSeconds:0} s.");
        }

        if (Array.Find(sides, side => side.Error is not null) is { } failed)
        {
            throw new ConformanceException(
                $"{typeof(TStage).Name}.{failed.Direction} threw {failed.Error!.GetType().Name} ({failed.Error.Message}) while the other direction ran "
                + "on another thread; what both share must be immutable or belong to one of them.", failed.Error);
        }
    }

    private sealed class Side<TStage>
        where TStage : class, IPacketStage
    {
        private readonly Thread _thread;

        public Side(StageHarness<TStage> harness, Direction direction, IReadOnlyList<byte[]> samples, int rounds, Barrier together)
        {
            Direction = direction;
            var batches = Enumerable.Range(0, rounds).Select(_ => harness.Fill(direction, default, [.. samples])).ToArray();
            _thread = new Thread(() => Run(harness, batches, together)) { IsBackground = true, Name = $"culvert {direction}" };
            _thread.Start();
        }

        public Direction Direction { get; }

        public Exception? Error { get; private set; }

        public bool Join(TimeSpan limit) => _thread.Join(limit);

        [SuppressMessage("Design", "CA1031", Justification = "Any exception breaks the law.")]
        private void Run(StageHarness<TStage> harness, PacketBatch[] batches, Barrier together)
        {
            try
            {
                foreach (var batch in batches)
                {
                    together.SignalAndWait();
                    harness.Call(batch);
                }
            }
            catch (Exception error)
            {
                Error = error;
            }
            finally
            {
                together.RemoveParticipant();
            }
        }
    }
}
