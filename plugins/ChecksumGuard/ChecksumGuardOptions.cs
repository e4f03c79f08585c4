using Culvert.Options;

namespace Culvert.Plugins.ChecksumGuard;

/// <summary>The options of the guard.</summary>
public sealed record ChecksumGuardOptions
{
    /// <summary>What to do with a packet whose checksum is wrong.</summary>
    [Option("What becomes of a packet with a wrong checksum: drop, pass (count and report only) or repair (write the right value).")]
    public BadChecksumAction OnBad { get; init; } = BadChecksumAction.Drop;
}

/// <summary>What to do with a packet whose checksum is wrong. Each is counted and reported in any case.</summary>
public enum BadChecksumAction
{
    /// <summary>It goes no further.</summary>
    Drop,

    /// <summary>Forward it unchanged.</summary>
    Pass,

    /// <summary>Forward it with the correct value. Damage to the data that the checksum would have shown is hidden from the receiver.</summary>
    Repair,
}
