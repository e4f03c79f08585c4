using System.Globalization;
using Culvert.Endpoints;
using Culvert.Engine.Planning;
using Culvert.Host.Hardening.Interop;

namespace Culvert.Host.Hardening;

/// <summary>
/// What a running pipeline still needs: CAP_NET_ADMIN to keep its device as the file says and to create it again in a reload, and
/// CAP_NET_BIND_SERVICE where it has a socket on a port below 1024.
/// </summary>
internal static class NeededCapabilities
{
    private const int LowPorts = 1024;

    /// <summary>Whether the device of a plan exists; asked before the pipeline starts.</summary>
    public static bool HasDevice(PipelinePlan plan) =>
        TunOf(plan) is { } tun && OpenSockets.if_nametoindex(tun.Device) != 0;

    /// <summary>The set for the pipeline that runs.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="deviceExisted">What <see cref="HasDevice"/> returned before it started.</param>
    /// <param name="keepsLowPorts">Whether CAP_NET_BIND_SERVICE stays in any case.</param>
    public static CapabilitySet Of(PipelinePlan plan, bool deviceExisted, bool keepsLowPorts)
    {
        var sockets = Sockets();
        var administers = !(deviceExisted && TunOf(plan) is { Addresses.Count: 0, Routes: { IsAuto: false, Prefixes.Count: 0 } }) || sockets.Any(socket => socket.Mark != 0);
        var bindsLow = keepsLowPorts || sockets.Any(socket => socket.Port is > 0 and < LowPorts);
        return new CapabilitySet(
            (administers ? CapabilitySet.Of(Capability.CAP_NET_ADMIN).Bits : 0)
            | (bindsLow ? CapabilitySet.Of(Capability.CAP_NET_BIND_SERVICE).Bits : 0));
    }

    private static TunOptions? TunOf(PipelinePlan plan) => plan.Stages[0].Entry.Options as TunOptions;

    // What is open and not what the file says: stages of other people have keys of their own.
    private static List<(int Port, uint Mark)> Sockets()
    {
        List<(int, uint)> found = [];
        foreach (var descriptor in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture, out var number) && Read(number) is { } socket)
            {
                found.Add(socket);
            }
        }

        return found;
    }

    private static unsafe (int Port, uint Mark)? Read(int descriptor)
    {
        const int Longest = 128; // struct sockaddr_storage
        var address = stackalloc byte[Longest];
        uint length = Longest;
        if (OpenSockets.getsockname(descriptor, address, &length) != 0 || *(ushort*)address is not (OpenSockets.AF_INET or OpenSockets.AF_INET6))
        {
            return null;
        }

        uint mark = 0;
        length = sizeof(uint);
        _ = OpenSockets.getsockopt(descriptor, OpenSockets.SOL_SOCKET, OpenSockets.SO_MARK, &mark, &length);
        return ((address[2] << 8) | address[3], mark);
    }
}
