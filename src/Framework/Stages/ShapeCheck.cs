namespace Culvert.Stages;

/// <summary>Finds what a stage's shape must not say. The plan, the packet slots and the test kit rely on it. Pure.</summary>
internal static class ShapeCheck
{
    private const int MaxBytes = 65535;

    // RFC 791 section 3.2: every module must forward 68 bytes.
    private const int MinMtu = 68;

    /// <summary>Checks a shape.</summary>
    /// <param name="shape">What the stage's Shape method returned.</param>
    /// <param name="stage">The stage's class.</param>
    /// <returns>The mistakes, each beginning with the member; empty for none.</returns>
    public static IEnumerable<string> Check(StageShape? shape, Type stage)
    {
        if (shape is null)
        {
            return ["Shape returned null"];
        }

        return Numbers(shape).Where(number => number.Value is { } value && (value < number.Min || value > MaxBytes))
            .Select(number => $"{number.Member} is {number.Value}; valid is {number.Min} to {MaxBytes}")
            .Concat(shape.Prefixes is null ? [$"{nameof(shape.Prefixes)} is null"] : [])
            .Concat(Roles(shape, stage));
    }

    private static IEnumerable<(string Member, int? Value, int Min)> Numbers(StageShape shape) =>
    [
        (nameof(shape.Headroom), shape.Headroom, 0),
        (nameof(shape.Tailroom), shape.Tailroom, 0),
        (nameof(shape.InboundHeadroom), shape.InboundHeadroom, 0),
        (nameof(shape.InboundTailroom), shape.InboundTailroom, 0),
        (nameof(shape.InboundReleasedFront), shape.InboundReleasedFront, 0),
        (nameof(shape.InboundReleasedBack), shape.InboundReleasedBack, 0),
        (nameof(shape.Overhead), shape.Overhead, 0),
        ("Host.Mtu", shape.Host?.Mtu, MinMtu),
        ("Host.MinMtu", shape.Host?.MinMtu, 0),
        ("Network.PathMtu", shape.Network?.PathMtu, MinMtu),
        ("Network.ListenPort", shape.Network?.ListenPort, 1),
        ("Network.MaxConnections", shape.Network?.MaxConnections, 0),
    ];

    private static IEnumerable<string> Roles(StageShape shape, Type stage)
    {
        foreach (var (member, kind, wrong) in new[]
        {
            (nameof(shape.Above), shape.Above, PacketKind.Network), (nameof(shape.Below), shape.Below, PacketKind.Host),
        })
        {
            if (string.IsNullOrEmpty(kind.Name))
            {
                yield return $"{member} has no name";
            }
            else if (kind == wrong)
            {
                yield return $"{member} is '{kind}', which is at the other side";
            }
        }

        if (shape.Host is not null && !shape.IsHostEndpoint)
        {
            yield return "Host is set, but Above is not PacketKind.Host: only a host endpoint has these facts";
        }

        if (shape.Network is not null && !shape.IsNetworkEndpoint)
        {
            yield return "Network is set, but Below is not PacketKind.Network: only a network endpoint has these facts";
        }

        if (shape.IsHostEndpoint && shape.IsNetworkEndpoint)
        {
            yield return "Above and Below make it both endpoints of a pipeline";
        }
        else if ((shape.IsHostEndpoint || shape.IsNetworkEndpoint) != stage.IsAssignableTo(typeof(IPacketEndpoint)))
        {
            yield return shape.IsHostEndpoint || shape.IsNetworkEndpoint
                ? $"Above and Below make it an endpoint, but {stage.Name} does not implement IPacketEndpoint"
                : $"{stage.Name} implements IPacketEndpoint, but neither Above nor Below makes it an endpoint";
        }
    }
}
