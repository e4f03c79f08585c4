using Culvert.Engine.Guarding;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Engine.Running;

/// <summary>Asks and tells the stages of a chain that know a path MTU for each destination.</summary>
internal static class PathFollowers
{
    /// <summary>Returns what the nearest below a stage, in the same lane, knows of an address, at the stage's place. Any thread.</summary>
    /// <param name="units">The running stages, from the host endpoint to the network endpoint.</param>
    /// <param name="above">The stage that asks.</param>
    /// <param name="address">An inner address.</param>
    /// <returns>Null where none knows.</returns>
    public static (int Outbound, int Inbound)? PathTo(IReadOnlyList<StageUnit> units, StageNode above, in IpAddressValue address)
    {
        var isBelow = false;
        for (var place = 0; place < units.Count; place++)
        {
            var unit = units[place];
            if (isBelow && !unit.IsBypassed && StageCalls.PathTo(unit.Nodes[above.Lane].Stage, unit.Id, address) is var (outbound, inbound))
            {
                // What the stages between the two places add to a packet.
                var added = Math.Max(0, unit.Mtu - above.Unit.Mtu);
                return (outbound - added, inbound - added);
            }

            isBelow |= unit == above.Unit;
        }

        return null;
    }

    /// <summary>Passes a network endpoint's report to each. Service thread.</summary>
    /// <param name="units">The running stages, from the host endpoint to the network endpoint.</param>
    /// <param name="end">The network endpoint.</param>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="bytes">The largest IP packet that the path is said to carry.</param>
    /// <returns>Whether there is any.</returns>
    public static bool Report(IReadOnlyList<StageUnit> units, StageUnit end, in DatagramEndpoint destination, int bytes)
    {
        var followed = false;
        var largest = bytes - end.Plan.Shape.Overhead;
        for (var place = units.Count - 1; place >= 0; place--)
        {
            if (units[place] != end)
            {
                largest -= units[place].Plan.Shape.Overhead;
                followed |= StageCalls.HandlePathReport(units[place].Nodes[0].Stage, units[place].Id, destination, Math.Max(0, largest));
            }
        }

        return followed;
    }

    /// <summary>Passes a network endpoint's report of a failure to each. Service thread.</summary>
    /// <param name="units">The running stages, from the host endpoint to the network endpoint.</param>
    /// <param name="end">The network endpoint.</param>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="reason">The reason in a few words.</param>
    /// <returns>Whether one knows the destination.</returns>
    public static bool ReportFailure(IReadOnlyList<StageUnit> units, StageUnit end, in DatagramEndpoint destination, string reason)
    {
        var known = false;
        foreach (var unit in units)
        {
            known |= unit != end && StageCalls.HandlePathFailure(unit.Nodes[0].Stage, unit.Id, destination, reason);
        }

        return known;
    }

    /// <summary>Asks the host endpoint whether datagrams to a destination come back to it. Service thread.</summary>
    /// <param name="units">The running stages, from the host endpoint to the network endpoint; none while the pipeline starts.</param>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="network">The facts of the network endpoint.</param>
    public static bool LeadsToHost(IReadOnlyList<StageUnit> units, in DatagramEndpoint destination, NetworkEndpointShape network) =>
        units is [var first, ..] && first.Nodes[0].Stage is IPacketEndpoint host && StageCalls.LeadsHere(host, first.Id, destination, network);
}
