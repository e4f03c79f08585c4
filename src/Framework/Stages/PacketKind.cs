namespace Culvert.Stages;

/// <summary>
/// The kind of packet that crosses a boundary between two stages, by name. A plugin may define its own kinds; two kinds are the same when
/// their names are.
/// </summary>
/// <param name="Name">Lower case, as diagnostics print it in "needs ip packets".</param>
public readonly record struct PacketKind(string Name)
{
    /// <summary>One whole IPv4 or IPv6 packet, no larger than the MTU, checksums complete.</summary>
    public static PacketKind Ip => new("ip");

    /// <summary>The payload of one UDP datagram, with the endpoint it goes to or came from.</summary>
    public static PacketKind Datagram => new("datagram");

    /// <summary>Above a host endpoint: nothing but the host itself.</summary>
    public static PacketKind Host => new("host");

    /// <summary>Below a network endpoint: nothing but the network itself.</summary>
    public static PacketKind Network => new("network");

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
