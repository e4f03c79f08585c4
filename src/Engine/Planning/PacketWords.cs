using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>How messages call the packets of a kind.</summary>
public static class PacketWords
{
    /// <summary><c>ip packets</c>, <c>datagrams</c>, <c>nothing</c> at the outer side of an end.</summary>
    public static string Of(PacketKind kind) => kind.Name switch
    {
        "datagram" => "datagrams",
        "host" or "network" => "nothing",
        var name => $"{name} packets",
    };
}
