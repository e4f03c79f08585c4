namespace Culvert.Packets;

/// <summary>The direction of a packet, from the host's point of view.</summary>
public enum Direction
{
    /// <summary>From the host's side (a TUN device) to the network's side (a UDP socket): down the list in pipeline.yaml.</summary>
    Outbound,

    /// <summary>From the network's side to the host's side: up the list.</summary>
    Inbound,
}
