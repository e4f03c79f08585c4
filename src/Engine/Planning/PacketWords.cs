using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>Display names of packet kinds.</summary>
internal static class PacketWords
{
    /// <summary><c>IP packets</c>, <c>datagrams</c>, <c>nothing</c> at the outer side of an endpoint.</summary>
    public static string Of(PacketKind kind) => kind.Name switch
    {
        "ip" => "IP packets",
        "datagram" => "datagrams",
        "host" or "network" => "nothing",
        var name => $"{name} packets",
    };
}
