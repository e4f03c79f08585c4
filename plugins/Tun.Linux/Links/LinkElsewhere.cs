using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// A device in another network namespace. Only its own file leads there (<c>TUNGETDEVNETNS</c>), and no thread may enter it; but netlink answers about a
/// namespace that has a number in ours (<c>RTM_NEWNSID</c>, <c>IFLA_TARGET_NETNSID</c>; Linux 5.2). It changes nothing there. Thread-safe.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class LinkElsewhere
{
    private const ushort Acknowledged = Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK;

    /// <summary>The device's state there; null where the kernel does not say.</summary>
    public static LinkState? Query(TunQueue queue)
    {
        using var space = queue.OpenNamespace();
        if (space is null || queue.NameNow is not { } name)
        {
            return null;
        }

        LinkState? state = null;
        try
        {
            using var socket = new RtnetlinkSocket();
            if (NumberOf(socket, space) is { } number)
            {
                var request = RtnetlinkMessage.Create(Rtnetlink.RTM_GETLINK, Acknowledged, new Rtnetlink.LinkBody())
                    .Add(IfLink.IFLA_TARGET_NETNSID, number).Add(IfLink.IFLA_IFNAME, name);
                socket.Exchange(request, (_, payload) => state = LinkState.TryRead(payload, out var found) ? found : null);
            }
        }
        catch (NetlinkException)
        {
            // An old kernel, a namespace of somebody else's, or the device went on in between.
        }

        return state;
    }

    private static uint? NumberOf(RtnetlinkSocket socket, FileDescriptor space)
    {
        if (Ask(socket, space) is { } number)
        {
            return number;
        }

        const uint any = uint.MaxValue; // -1: the kernel chooses.
        socket.Request(RtnetlinkMessage.Create(Rtnetlink.RTM_NEWNSID, Acknowledged, new Rtnetlink.GenericBody())
            .Add(Rtnetlink.NETNSA_FD, (uint)space.Number).Add(Rtnetlink.NETNSA_NSID, any));
        return Ask(socket, space);
    }

    private static uint? Ask(RtnetlinkSocket socket, FileDescriptor space)
    {
        uint? number = null;
        socket.Exchange(
            RtnetlinkMessage.Create(Rtnetlink.RTM_GETNSID, Acknowledged, new Rtnetlink.GenericBody()).Add(Rtnetlink.NETNSA_FD, (uint)space.Number),
            (_, payload) => number = NetlinkAttributes.FindNumber(payload[Marshal.SizeOf<Rtnetlink.GenericBody>()..], Rtnetlink.NETNSA_NSID));
        return number is null or > int.MaxValue ? null : number;
    }
}
