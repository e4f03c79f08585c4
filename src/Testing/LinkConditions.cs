namespace Culvert.Testing;

/// <summary>The conditions of a <see cref="LossyLink"/>. Shares are from 0 (never) to 1 (always).</summary>
public sealed record LinkConditions
{
    /// <summary>Nothing happens to any datagram.</summary>
    public static LinkConditions Perfect { get; } = new();

    /// <summary>The seed of the random numbers: the same seed and the same traffic give the same losses.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The share that is lost.</summary>
    public double Loss { get; init; }

    /// <summary>The share that is held back until a later datagram has passed it.</summary>
    public double Reorder { get; init; }

    /// <summary>The share that arrives twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>Datagrams longer than this many bytes are lost, as on a path with a smaller MTU.</summary>
    public int Largest { get; init; } = int.MaxValue;
}
