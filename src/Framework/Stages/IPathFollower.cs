using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Stages;

/// <summary>
/// A stage that knows a path MTU for each of its destinations, because it can tell which network endpoint an inner address leads to.
/// Implemented by the stage's class; found by the stages above with <see cref="IStageContext.PathTo"/>, and by the network endpoint below with
/// <see cref="IEndpointContext.ReportPath"/>.
/// </summary>
public interface IPathFollower
{
    /// <summary>Returns the largest packets between this stage's upper side and an inner address. Any thread; allocates nothing.</summary>
    /// <param name="address">An address of the network behind the tunnel.</param>
    PathLimits PathTo(in IpAddressValue address);

    /// <summary>
    /// Takes what the network reports about the path to one endpoint, usually from an ICMP message that anybody may have forged: a hint, not a
    /// proof. Service thread.
    /// </summary>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="bytes">The largest IP packet in bytes that the path is said to carry.</param>
    /// <param name="largest">The same at this stage's upper side: the largest packet in bytes that would fit.</param>
    void HandlePathReport(in DatagramEndpoint destination, int bytes, int largest);
}
