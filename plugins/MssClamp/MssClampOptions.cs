using Culvert.Options;

namespace Culvert.Plugins.MssClamp;

/// <summary>The options of the clamp. Every key is optional.</summary>
public sealed record MssClampOptions
{
    /// <summary>The greatest segment size that a SYN may announce.</summary>
    [Option(
        "The greatest MSS that a SYN may announce: auto (from the MTU plan: MTU - 40 for IPv4, MTU - 60 for IPv6), a number for both "
        + "families, or one value for each; none leaves a family alone.",
        Default = "auto",
        Example = "{ipv4: 1360, ipv6: 1340}")]
    public MssSetting Mss { get; init; } = MssSetting.Auto;

    /// <summary>Whose SYNs are clamped.</summary>
    [Option("Which way a SYN must go to be clamped: both, outbound (from this host's side) or inbound (from the network's side).")]
    public ClampDirection Direction { get; init; } = ClampDirection.Both;

    /// <summary>Whether a SYN that announces nothing is given an MSS option.</summary>
    [Option("Whether a SYN without an MSS option, and without payload, is given one: the limit, at most 536 (IPv4) or 1220 (IPv6).")]
    public bool InsertMissing { get; init; }
}

/// <summary>The direction of the SYNs that are clamped, from the host's point of view.</summary>
public enum ClampDirection
{
    /// <summary>Both ways.</summary>
    Both,

    /// <summary>From the host's side to the network's side only.</summary>
    Outbound,

    /// <summary>From the network's side to the host's side only.</summary>
    Inbound,
}
