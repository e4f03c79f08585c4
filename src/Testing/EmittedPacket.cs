using Culvert.Packets;

namespace Culvert.Testing;

/// <summary>A packet that left a stage or an endpoint: a copy that a test may keep.</summary>
/// <param name="Direction">Which way it was going.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Endpoint">Where the datagram goes to or came from; <c>default</c> when it was not set.</param>
public sealed record EmittedPacket(Direction Direction, byte[] Bytes, DatagramEndpoint Endpoint)
{
    /// <summary>The mark of the datagram's IP header: DSCP and ECN.</summary>
    public byte TrafficClass { get; init; }

    /// <summary>Whether the datagram may be fragmented.</summary>
    public bool MayFragment { get; init; }
}
