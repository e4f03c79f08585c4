namespace Culvert.Packets;

/// <summary>Which way a packet goes, always seen from the host.</summary>
public enum Direction
{
    /// <summary>From the host's side (a TUN device) to the network's side (a UDP socket): down the list in pipeline.yaml.</summary>
    Outbound,

    /// <summary>From the network's side to the host's side: up the list.</summary>
    Inbound,
}
