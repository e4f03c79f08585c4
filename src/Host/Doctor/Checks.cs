using Culvert.Host.Doctor.Running;

namespace Culvert.Host.Doctor;

/// <summary>The checks, in the order of their output.</summary>
internal static class Checks
{
    /// <summary>What keeps a running pipeline from its work now: for monitoring.</summary>
    public static IReadOnlyList<Check> OfHealth { get; } = [new DeviceStateCheck(), new FaultCheck(), new HandshakeCheck()];

    /// <summary>Examines a site.</summary>
    public static IReadOnlyList<Finding> Run(IEnumerable<Check> checks, Site site) =>
        [.. checks.SelectMany(check => check.Find(site).Select(finding => finding with { Check = check.Name }))];
}
