using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>
/// The largest packet at every boundary of a pipeline, in bytes. It is computed from the network endpoint upwards, path MTU minus each overhead;
/// a host endpoint that asks for less makes every boundary below it smaller too. Pure.
/// </summary>
/// <param name="Above">The MTU at the upper side of each stage, by place in the list; at the host endpoint the same as below it.</param>
/// <param name="Below">The MTU at the lower side of each stage; at the network endpoint the path MTU.</param>
internal sealed record MtuPlan(IReadOnlyList<int> Above, IReadOnlyList<int> Below)
{
    /// <summary>The path MTU where neither the file nor the system gave one: Ethernet's.</summary>
    public const int DefaultPathMtu = 1500;

    /// <summary>The path MTU that the plan begins with.</summary>
    public required int Path { get; init; }

    /// <summary>Whether <see cref="Path"/> was measured and is smaller than the file's.</summary>
    public required bool PathIsMeasured { get; init; }

    /// <summary>Whether the device's own MTU is smaller than what the file's path and the host endpoint's option leave.</summary>
    public required bool InnerIsDevices { get; init; }

    /// <summary>The largest packet that the host may send: at the lower side of the host endpoint.</summary>
    public int Inner => Below[0];

    /// <summary>
    /// A reported path never takes the inner MTU below this, where the file's path MTU leaves as much: 1280, IPv6's minimum link MTU (RFC 8200
    /// section 5). The kernel takes IPv6 away from a device below it, and anybody can forge an ICMP message; what is larger than the path is
    /// fragmented outside instead.
    /// </summary>
    private const int MinReportedInner = 1280;

    /// <summary>Computes the plan.</summary>
    /// <param name="shapes">From the host endpoint to the network endpoint, in a valid order.</param>
    /// <param name="reportedPath">The path MTU that the network endpoint measured; used when it is smaller than the file's.</param>
    /// <param name="reportedHost">The device's MTU that the host endpoint saw; used when it is smaller than the plan's.</param>
    public static MtuPlan Compute(IReadOnlyList<StageShape> shapes, int? reportedPath = null, int? reportedHost = null)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        ArgumentOutOfRangeException.ThrowIfZero(shapes.Count);
        var above = new int[shapes.Count];
        var below = new int[shapes.Count];

        var fromFile = shapes[^1].Network?.PathMtu ?? DefaultPathMtu;
        var min = Math.Min(fromFile, MinReportedInner + shapes.Sum(shape => shape.Overhead));
        var start = Min(fromFile, reportedPath is { } path ? Math.Max(path, min) : null);
        var mtu = start;
        for (var i = shapes.Count - 1; i >= 0; i--)
        {
            below[i] = mtu;
            mtu -= shapes[i].Overhead;
            above[i] = mtu;
        }

        var planned = Min(above[0], shapes[0].Host?.Mtu);
        mtu = Min(planned, reportedHost);
        var innerIsDevices = mtu < planned;
        for (var i = 0; i < shapes.Count; i++)
        {
            above[i] = Math.Min(above[i], mtu);
            mtu += shapes[i].Overhead;
            below[i] = Math.Min(below[i], mtu);
        }

        return new MtuPlan(above, below) { Path = start, PathIsMeasured = start < fromFile, InnerIsDevices = innerIsDevices };
    }

    private static int Min(int mtu, int? other) => other is { } value ? Math.Min(mtu, value) : mtu;
}
