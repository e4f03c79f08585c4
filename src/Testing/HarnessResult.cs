namespace Culvert.Testing;

/// <summary>The result of one call of a stage.</summary>
/// <param name="Passed">What it passed on, in order.</param>
/// <param name="Drops">How many it dropped under each reason's name.</param>
/// <param name="Taken">How many it took out of the batch to keep.</param>
/// <param name="Consumed">How many it consumed: they were for the stage itself.</param>
public sealed record HarnessResult(
    IReadOnlyList<EmittedPacket> Passed, IReadOnlyDictionary<string, int> Drops, int Taken, int Consumed)
{
    /// <summary>The bytes of what was passed on, in order.</summary>
    public IReadOnlyList<byte[]> Packets => [.. Passed.Select(packet => packet.Bytes)];

    /// <summary>The number of packets dropped, for any reason.</summary>
    public int Dropped => Drops.Values.Sum();

    /// <summary>The bytes of the only packet that was passed on.</summary>
    /// <exception cref="InvalidOperationException">None or several were.</exception>
    public byte[] Single() => Passed.Count == 1
        ? Passed[0].Bytes
        : throw new InvalidOperationException(
            $"{Passed.Count} packets were passed on; dropped: {string.Join(", ", Drops.Select(drop => $"{drop.Value} {drop.Key}"))}.");
}
