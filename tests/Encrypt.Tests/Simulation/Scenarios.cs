using CsCheck;

namespace Encrypt.Tests.Simulation;

/// <summary>Generates scenarios: the same number gives the same scenario.</summary>
internal static class Scenarios
{
    private const ulong FirstState = 20260101;

    private static readonly Gen<int> _percent = Gen.OneOf(0, 10, 30, 60, 100);

    private static readonly Gen<Step> _step = Gen.Frequency(
        (10, Of(StepKind.Send, Gen.Frequency((20, Gen.Int[1, 6]), (1, Gen.Int[20, 160])))),
        (1, Of(StepKind.Spoof, Gen.Int[0, 2])),
        (10, Of(StepKind.Wait, Gen.OneOf(Gen.Int[0, 400], Gen.Int[1_000, 12_000], Gen.Int[10_000, 200_000]))),
        (3, Of(StepKind.Loss, _percent)),
        (1, Of(StepKind.Reorder, _percent)),
        (1, Of(StepKind.Duplicate, _percent)),
        (2, Of(StepKind.Delay, Gen.Int[1, 250])),
        (1, Of(StepKind.Corrupt, Gen.Const(0))),
        (3, Of(StepKind.Replay, Gen.Int[0, 1000])),
        (2, Of(StepKind.Move, Gen.Const(0))),
        (1, Of(StepKind.Jump, Gen.OneOf(Gen.Int[-10, 10], Gen.Int[-100_000, 100_000]))),
        (1, Of(StepKind.Suspend, Gen.Int[1, 250])),
        (2, Of(StepKind.Restart, Gen.Const(0))),
        (1, Of(StepKind.ChangeKey, Gen.Const(0))),
        (1, Of(StepKind.ChangePresharedKey, Gen.Int[0, 1])),
        (2, Of(StepKind.Agree, Gen.Const(0))),
        (1, Of(StepKind.Reload, Gen.OneOf(0, 5, 30, 120))),
        (1, Of(StepKind.MovePrefix, Gen.Int[0, 2])),
        (1, Of(StepKind.RemovePeer, Gen.Int[0, 1])),
        (1, Of(StepKind.Mtu, Gen.Int[1280, 1420])),
        (1, Of(StepKind.Width, Gen.Int[600, 1500])),
        (1, Of(StepKind.Report, Gen.Int[0, 1500])),
        (1, Of(StepKind.Load, Gen.Int[0, 1])));

    /// <summary>All scenarios.</summary>
    public static Gen<Scenario> Any { get; } = Gen.Select(
        Gen.Int.NonNegative, Gen.Int[1, 60], Gen.Frequency((4, Gen.Const(32)), (1, Gen.Const(320))), Gen.OneOf(0, 16), Gen.Bool, Gen.Bool, Gen.Bool,
        _step.List[1, 30], (seed, latency, pool, indexes, probes, keepalive, isQuiet, steps) =>
            new Scenario(seed, latency, pool, indexes, probes, keepalive, isQuiet, steps));

    /// <summary>The scenario of a number.</summary>
    public static Scenario Number(int number) => Any.Generate(new PCG((uint)number, FirstState), null, out _);

    private static Gen<Step> Of(StepKind kind, Gen<int> value) => Gen.Select(Gen.Enum<EndName>(), value, (end, number) => new Step(kind, end, number));
}
