using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing.Laws;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Testing;

/// <summary>
/// What every stage must keep, whoever wrote it, as checks for a test of any framework: each returns quietly or throws a
/// <see cref="ConformanceException"/>. The random packets come from a seed, so that a failure can be repeated.
/// </summary>
public static class ConformanceLaws
{
    private const int MaxRandomPacket = 1600;
    private const int WarmUpRounds = 200;
    private const int MeasuredRounds = 200;

    /// <summary>
    /// Checks all laws that need no more than a harness and a few packets that the stage understands. The last one disposes the stage: the
    /// harness is not usable afterwards.
    /// </summary>
    /// <param name="harness">A stage in its usual state.</param>
    /// <param name="samples">Packets that the stage should pass, in the given direction.</param>
    /// <param name="direction">The direction of the samples.</param>
    /// <param name="seed">The seed of the random packets.</param>
    public static void CheckAll<TStage>(
        StageHarness<TStage> harness, IReadOnlyList<byte[]> samples, Direction direction, int seed = 1)
        where TStage : class, IPacketStage
    {
        HonoursOverhead(harness, samples, direction);
        ChangesOnlyWhatItDeclares(harness, samples, direction, seed);
        AllocatesNothing(harness, samples, direction);
        DeclaresItsCounters(harness);
        NeverThrows(harness, samples, seed);
        NeverThrowsOnRandomBytes(harness, seed);
        RunsOnTwoThreads(harness, samples);
        EndsItsService(harness);
        LeavesNoPacketBehind(harness);
    }

    /// <summary>Random bytes of every small length and of random larger ones do not make the stage throw, in either direction.</summary>
    public static void NeverThrowsOnRandomBytes<TStage>(StageHarness<TStage> harness, int seed = 1, int rounds = 2000)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var packet = new byte[round < 128 ? round : random.Next(MaxRandomPacket)];
            random.NextBytes(packet);
            MakeLookLikeIp(packet, random);
            FeedBothWays(harness, packet);
        }
    }

    /// <summary>Damaged and truncated samples do not make the stage throw, in either direction.</summary>
    public static void NeverThrows<TStage>(
        StageHarness<TStage> harness, IReadOnlyList<byte[]> samples, int seed = 1, int rounds = 2000)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        ArgumentNullException.ThrowIfNull(samples);
        var random = new Random(seed);
        foreach (var sample in samples)
        {
            for (var length = 0; length <= sample.Length; length++)
            {
                FeedBothWays(harness, sample[..length]);
            }

            for (var round = 0; round < rounds && sample.Length > 0; round++)
            {
                var damaged = (byte[])sample.Clone();
                for (var hits = random.Next(1, 5); hits > 0; hits--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                FeedBothWays(harness, damaged);
            }
        }
    }

    /// <summary>
    /// Outbound, a packet as long as the MTU leaves with at most <see cref="StageShape.Overhead"/> more. Inbound, a packet as long as MTU and
    /// overhead leaves no longer than the MTU, with the room that <see cref="StageShape.InboundReleasedFront"/> and
    /// <see cref="StageShape.InboundReleasedBack"/> promise. The declared room suffices. The law sets the MTU to the length of each sample in
    /// turn, where that is 68 bytes or more.
    /// </summary>
    public static void HonoursOverhead<TStage>(
        StageHarness<TStage> harness, IReadOnlyList<byte[]> samples, Direction direction)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        ArgumentNullException.ThrowIfNull(samples);
        foreach (var sample in samples)
        {
            Feed(harness, direction, sample);
            if (direction == Direction.Outbound)
            {
                RoomLaws.Outbound(harness, sample);
            }
            else
            {
                RoomLaws.Inbound(harness, sample);
            }
        }
    }

    /// <summary>
    /// Both directions on two threads at the same time make the stage neither throw nor hang. A race that corrupts a number without throwing
    /// is not found.
    /// </summary>
    public static void RunsOnTwoThreads<TStage>(StageHarness<TStage> harness, IReadOnlyList<byte[]> samples, int rounds = 500)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        ArgumentNullException.ThrowIfNull(samples);
        ThreadLaw.Check(harness, samples, rounds);
        harness.Context.TakeEmitted();
    }

    /// <summary>
    /// Posted work and due timers run, throw nothing and come to an end. Where the harness made the context, the law sets its clock forward by
    /// five minutes; a clock of the test's own is the test's to turn.
    /// </summary>
    public static void EndsItsService<TStage>(StageHarness<TStage> harness)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        ServiceLaw.Check(harness);
        harness.Context.TakeEmitted();
    }

    /// <summary>
    /// A stage that passes IP packets through changes no field but those that its shape declares, in the samples and in damaged copies.
    /// Packets that it drops or keeps prove nothing. For stages of other kinds of packet there is nothing to check.
    /// </summary>
    public static void ChangesOnlyWhatItDeclares<TStage>(
        StageHarness<TStage> harness, IReadOnlyList<byte[]> samples, Direction direction, int seed = 1, int rounds = 500)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        ArgumentNullException.ThrowIfNull(samples);
        if (harness.Shape.Above != PacketKind.Ip || harness.Shape.Below != PacketKind.Ip)
        {
            return;
        }

        var random = new Random(seed);
        foreach (var sample in samples)
        {
            CompareFields(harness, direction, sample);
            for (var round = 0; round < rounds && sample.Length > 0; round++)
            {
                var damaged = (byte[])sample.Clone();
                damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
                CompareFields(harness, direction, damaged);
            }
        }
    }

    /// <summary>Once warm, the stage allocates nothing for packets like the samples.</summary>
    public static void AllocatesNothing<TStage>(
        StageHarness<TStage> harness, IReadOnlyList<byte[]> samples, Direction direction)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        ArgumentNullException.ThrowIfNull(samples);
        // What the runtime or a table that grows allocates once counts as warming up: a second time there is nothing.
        var allocated = MeasureAllocation(harness, samples, direction) > 0 ? MeasureAllocation(harness, samples, direction) : 0;
        if (allocated > 0)
        {
            // A packet that is disposed without a reason is counted by the host's code, which allocates: not the stage's.
            DiscardsNothing(harness);
            throw new ConformanceException(
                $"{allocated} bytes were allocated for {MeasuredRounds * samples.Count} packets {direction}; the data path must not.");
        }
    }

    private static long MeasureAllocation<TStage>(StageHarness<TStage> harness, IReadOnlyList<byte[]> samples, Direction direction)
        where TStage : class, IPacketStage
    {
        var batches = Enumerable.Range(0, WarmUpRounds + MeasuredRounds)
            .Select(_ => harness.Fill(direction, default, [.. samples])).ToArray();
        // The copies that a test looks at are the kit's own.
        harness.Context.KeepsEmitted = false;
        for (var i = 0; i < WarmUpRounds; i++)
        {
            harness.Call(batches[i]);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = WarmUpRounds; i < batches.Length; i++)
        {
            harness.Call(batches[i]);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        harness.Context.KeepsEmitted = true;
        return allocated;
    }

    /// <summary>
    /// A stage declares in <see cref="IStageDefinition{TOptions}.DeclareCounters"/> every counter that an instance uses.
    /// </summary>
    public static void DeclaresItsCounters<TStage>(StageHarness<TStage> harness)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        var definition = typeof(TStage).GetInterfaces()
            .SingleOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IStageDefinition<>));
        if (definition is null)
        {
            return;
        }

        var declared = new CounterSet();
        typeof(ConformanceLaws).GetMethod(nameof(DeclareCountersOf), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(typeof(TStage), definition.GenericTypeArguments[0])
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [declared], null);
        var known = declared.All.Select(counter => (counter.Name, counter.IsDropReason)).ToHashSet();
        foreach (var counter in harness.Context.Counters.All.Where(counter => !CounterSet.IsHostReason(counter.Name)))
        {
            if (!known.Contains((counter.Name, counter.IsDropReason)))
            {
                throw new ConformanceException($"{typeof(TStage).Name} uses the counter '{counter.Name}', which DeclareCounters does not declare.");
            }
        }
    }

    /// <summary>
    /// Disposes the stage, which must leave no packet behind: each lease that it took or rented is emitted, dropped or disposed, and none
    /// that it took was disposed without a reason. The last law to check: the harness is not usable afterwards.
    /// </summary>
    public static void LeavesNoPacketBehind<TStage>(StageHarness<TStage> harness)
        where TStage : class, IPacketStage
    {
        ArgumentNullException.ThrowIfNull(harness);
        harness.Dispose();
        if (harness.Context.LeasesHeld != 0)
        {
            throw new ConformanceException(
                $"{typeof(TStage).Name} was disposed and still holds {harness.Context.LeasesHeld} packets; "
                + "emit, drop or dispose every lease.");
        }

        DiscardsNothing(harness);
    }

    private static void DiscardsNothing<TStage>(StageHarness<TStage> harness)
        where TStage : class, IPacketStage
    {
        var discarded = harness.Context.Holder.Discarded(Direction.Outbound) + harness.Context.Holder.Discarded(Direction.Inbound);
        if (discarded != 0)
        {
            throw new ConformanceException(
                $"{typeof(TStage).Name} took {discarded} packets and disposed them without a reason; drop them, and say why.");
        }
    }

    private static void DeclareCountersOf<T, TOptions>(CounterSet counters)
        where T : IStageDefinition<TOptions>
        where TOptions : class => T.DeclareCounters(counters);

    private static void CompareFields<TStage>(StageHarness<TStage> harness, Direction direction, byte[] packet)
        where TStage : class, IPacketStage
    {
        foreach (var passed in Feed(harness, direction, packet).Passed)
        {
            var changes = FieldChanges.Compare((byte[])packet.Clone(), passed.Bytes);
            if (changes.Beyond(harness.Shape.MayChange) is not HeaderFields.None and var beyond)
            {
                throw new ConformanceException(
                    $"{typeof(TStage).Name}.{direction} changed {beyond}, which its shape does not declare: "
                    + $"{string.Join(", ", changes.All)}; in {Convert.ToHexStringLower(packet)}");
            }
        }
    }

    private static void FeedBothWays<TStage>(StageHarness<TStage> harness, byte[] packet)
        where TStage : class, IPacketStage
    {
        Feed(harness, Direction.Outbound, packet);
        Feed(harness, Direction.Inbound, packet);
        harness.Context.TakeEmitted();
    }

    internal static HarnessResult Feed<TStage>(StageHarness<TStage> harness, Direction direction, byte[] packet)
        where TStage : class, IPacketStage => Guarded<TStage, HarnessResult>(direction, packet, () => harness.Run(direction, default, packet));

    internal static void Call<TStage>(StageHarness<TStage> harness, PacketBatch batch, byte[] packet)
        where TStage : class, IPacketStage => Guarded<TStage, bool>(batch.Direction, packet, () =>
        {
            harness.Call(batch);
            return true;
        });

    [SuppressMessage("Design", "CA1031", Justification = "Any exception breaks the law.")]
    private static T Guarded<TStage, T>(Direction direction, byte[] packet, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception error)
        {
            throw new ConformanceException(
                $"{typeof(TStage).Name}.{direction} threw {error.GetType().Name} ({error.Message}) on {packet.Length} bytes: "
                + Convert.ToHexStringLower(packet), error);
        }
    }

    /// <summary>Pure noise is refused by the first test of any parser; half of it gets a first byte that goes further in.</summary>
    private static void MakeLookLikeIp(Span<byte> packet, Random random)
    {
        if (packet.Length >= 20 && random.Next(2) == 0)
        {
            packet[0] = (byte)(random.Next(2) == 0 ? 0x40 | random.Next(4, 16) : 0x60);
            packet[9] = (byte)(random.Next(3) switch { 0 => 6, 1 => 17, _ => 1 });
            packet[6] = packet[0] == 0x60 ? packet[9] : packet[6];
            packet[2] = (byte)(packet.Length >> 8);
            packet[3] = (byte)packet.Length;
        }
    }
}
