using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>The stages of a chain that know a path MTU for each destination. Any thread.</summary>
internal static class PathFollowers
{
    /// <summary>The nearest below a stage, in the same lane.</summary>
    public static (IPathFollower Stage, StageUnit Unit)? Below(IReadOnlyList<StageUnit> units, StageNode above)
    {
        var isBelow = false;
        for (var place = 0; place < units.Count; place++)
        {
            if (isBelow && units[place].Nodes[above.Lane].Stage is IPathFollower follower && !units[place].IsBypassed)
            {
                return (follower, units[place]);
            }

            isBelow |= units[place] == above.Unit;
        }

        return null;
    }

    /// <summary>Passes a network endpoint's report to each.</summary>
    /// <param name="units">The running stages, from the host endpoint to the network endpoint.</param>
    /// <param name="end">The network endpoint.</param>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="bytes">The largest IP packet that the path is said to carry.</param>
    /// <returns>Whether there is any.</returns>
    public static bool Report(IReadOnlyList<StageUnit> units, StageUnit end, in DatagramEndpoint destination, int bytes)
    {
        var followed = false;
        var overhead = end.Plan.Shape.Overhead;
        foreach (var unit in units.Reverse().SkipWhile(unit => unit != end).Skip(1))
        {
            overhead += unit.Plan.Shape.Overhead;
            if (unit.Nodes[0].Stage is IPathFollower follower)
            {
                follower.HandlePathReport(destination, bytes, Math.Max(0, bytes - overhead));
                followed = true;
            }
        }

        return followed;
    }
}
