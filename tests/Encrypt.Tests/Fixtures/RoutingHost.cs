using Culvert.Packets;
using Culvert.Stages;

namespace Encrypt.Tests.Fixtures;

/// <summary>A host endpoint into which the system routes what a test says.</summary>
internal sealed class RoutingHost : IPacketEndpoint
{
    /// <summary>The endpoints that are reached through it.</summary>
    public HashSet<DatagramEndpoint> Routed { get; } = [];

    public void Receive(PacketFiller filler)
    {
    }

    public bool LeadsHere(in DatagramEndpoint destination, NetworkEndpointShape network) => Routed.Contains(destination.Remote);
}
