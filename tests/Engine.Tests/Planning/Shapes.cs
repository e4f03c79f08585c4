using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;
using Culvert.Stages;
using Culvert.Wire;

namespace Engine.Tests.Planning;

/// <summary>Shapes by short names, each on a line of its own.</summary>
internal static class Shapes
{
    private static readonly PacketKind Frame = new("frame");

    public static StageShape Tun { get; } = StageShape.HostEndpoint(PacketKind.Ip);

    public static StageShape Clamp { get; } = StageShape.Through(PacketKind.Ip, HeaderFields.TcpMss);

    public static StageShape Plain { get; } = new() { Above = PacketKind.Ip, Below = PacketKind.Datagram };

    public static StageShape Encrypt { get; } = Plain with
    {
        Headroom = 16,
        Tailroom = 31,
        Overhead = 32,
        InboundReleasedFront = 16,
        InboundReleasedBack = 16,
    };

    public static StageShape Udp { get; } = StageShape.NetworkEndpoint(PacketKind.Datagram, 28, new() { PathMtu = 1500 });

    /// <summary>Places a list such as <c>"tun clamp encrypt udp"</c>; line numbers begin at 2.</summary>
    public static PlacedShape[] Place(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((name, i) => new PlacedShape(name, Of(name), new SourcePosition("pipeline.yaml", i + 2, 5)))];

    private static StageShape Of(string name) => name.TrimEnd('2', '3') switch
    {
        "tun" => Tun,
        "clamp" or "guard" => Clamp,
        "plaintext" => Plain,
        "encrypt" => Encrypt,
        "udp" => Udp,
        "pace" => StageShape.Through(PacketKind.Datagram),
        "tap" => StageShape.HostEndpoint(Frame),
        "bridge" => new StageShape { Above = Frame, Below = PacketKind.Ip },
        "raw" => StageShape.NetworkEndpoint(PacketKind.Ip, 0, new() { PathMtu = 1500 }),
        _ => throw new ArgumentException(name),
    };
}
