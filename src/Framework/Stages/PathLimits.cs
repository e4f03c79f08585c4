namespace Culvert.Stages;

/// <summary>The largest packets that pass between this end and one destination, in bytes, at the place of the stage that asked.</summary>
/// <param name="Outbound">The largest packet towards the destination.</param>
/// <param name="Inbound">The largest packet from it; the same as outbound where only one direction is known.</param>
public readonly record struct PathLimits(int Outbound, int Inbound)
{
    /// <summary>The smaller of the two: what passes both ways.</summary>
    public int BothWays => Math.Min(Outbound, Inbound);
}
