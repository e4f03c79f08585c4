using Culvert.Host.Doctor.Files;
using Culvert.Host.Doctor.Machines;
using Culvert.Host.Doctor.Running;

namespace Culvert.Host.Doctor;

/// <summary>The checks, in the order of their output.</summary>
internal static class Checks
{
    /// <summary>Those that need only the file.</summary>
    public static IReadOnlyList<FileCheck> OfFile { get; } =
    [
        new UnusableAddressCheck(), new RouteWithoutPeerCheck(), new PeerWithoutRouteCheck(), new PeerAddressCheck(), new OwnAddressAllowedCheck(),
        new EndpointInRoutesCheck(), new NoPeersCheck(), new OwnEndpointCheck(), new EndpointFamilyCheck(), new ControlSocketCheck(),
    ];

    /// <summary>Those that look at the machine.</summary>
    public static IReadOnlyList<Check> OfMachine { get; } =
    [
        new TunNodeCheck(), new CapabilityCheck(), new DeviceCheck(), new PortCheck(), new EndpointRouteCheck(), new PrefixRouteCheck(), new ForwardingCheck(),
        new ReversePathCheck(), new FirewallCheck(), new Ipv6DisabledCheck(), new ClockCheck(), new NameCheck(), new KeepaliveCheck(), new VersionCheck(),
    ];

    /// <summary>What keeps a running pipeline from its work now: for monitoring.</summary>
    public static IReadOnlyList<Check> OfHealth { get; } = [new DeviceStateCheck(), new FaultCheck(), new HandshakeCheck()];

    /// <summary>Those that look at a running pipeline.</summary>
    public static IReadOnlyList<Check> OfRunning { get; } =
        [.. OfHealth, new RejectionCheck(), new OneWayCheck(), new DropCheck(), new PathCheck(), new OffloadCheck()];

    /// <summary>Examines a site.</summary>
    public static IReadOnlyList<Finding> Run(IEnumerable<Check> checks, Site site) =>
        [.. checks.SelectMany(check => check.Find(site).Select(finding => finding with { Check = check.Name }))];
}
