using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>The targets by their names.</summary>
internal static class AllTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> _targets = new(StringComparer.Ordinal)
    {
        ["builder"] = () => new BuilderTarget(),
        ["captures"] = () => new CaptureTarget(),
        ["control"] = () => new ControlTarget(),
        ["filter"] = () => new FilterTarget(),
        ["frames"] = () => new FrameTarget(),
        ["handshakes"] = () => new HandshakeTarget(),
        ["http"] = () => new HttpTarget(),
        ["import"] = () => new ImportTarget(),
        ["netlink"] = () => new NetlinkTarget(),
        ["options"] = () => new OptionTarget(),
        ["packets"] = () => new PacketTarget(),
        ["pipeline"] = () => new PipelineTarget(),
        ["rewrite"] = () => new RewriteTarget(),

        ["tests"] = () => new CaseTarget(),
        ["uapi"] = () => new UapiTarget(),
    };

    /// <summary>The names in order.</summary>
    public static string[] Names => [.. _targets.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes a target.</summary>
    public static FuzzTarget Open(string name) => _targets[name]();
}
