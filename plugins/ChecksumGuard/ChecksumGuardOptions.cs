using Culvert.Options;

namespace Culvert.Plugins.ChecksumGuard;

/// <summary>What pipeline.yaml says about the guard.</summary>
public sealed record ChecksumGuardOptions
{
    /// <summary>What becomes of a packet with a wrong checksum.</summary>
    [Option("What becomes of a packet with a wrong checksum: drop, pass (count and report only) or repair (write the right value).")]
    public BadChecksumAction OnBad { get; init; } = BadChecksumAction.Drop;
}

/// <summary>What becomes of a packet with a wrong checksum. Each is counted and reported whatever is done.</summary>
public enum BadChecksumAction
{
    /// <summary>It goes no further.</summary>
    Drop,

    /// <summary>It goes on as it is.</summary>
    Pass,

    /// <summary>It goes on with the right value. Damage to the data that the checksum would have shown is hidden from its receiver.</summary>
    Repair,
}
