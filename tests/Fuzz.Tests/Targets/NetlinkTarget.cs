using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Plugins.Tun.Linux.Links;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>Messages of the kernel, whole and cut: every one is walked to an end, and what is no address or route is passed over.</summary>
internal sealed class NetlinkTarget : FuzzTarget
{
    private const int Index = 7;

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            var address = LinkRequests.AddAddress(Index, IPAddress.Parse("10.1.2.3"), 24).Finish(1).ToArray();
            var address6 = LinkRequests.AddAddress(Index, IPAddress.Parse("fd00::1"), 64).Finish(1).ToArray();
            var route = LinkRequests.AddRoute(Index, new DeviceRoute(IPNetwork.Parse("10.9.0.0/16"), 254)).Finish(2).ToArray();
            var route6 = LinkRequests.AddRoute(Index, new DeviceRoute(IPNetwork.Parse("::/0"), 51820)).Finish(2).ToArray();
            var link = RtnetlinkMessage.Create(Rtnetlink.RTM_NEWLINK, 0, new Rtnetlink.LinkBody { ifi_index = Index, ifi_flags = If.IFF_UP })
                .Add(IfLink.IFLA_IFNAME, "culvert0").Add(IfLink.IFLA_MTU, 1420).Finish(3).ToArray();
            var rule = RuleRequests.AddNotMark(new DefaultRouteRules(AddressFamily.InterNetwork, 51820), 32764).Finish(4).ToArray();
            byte[] refusal = [.. link];
            MemoryMarshal.Write(refusal.AsSpan(4), Netlink.NLMSG_ERROR);
            return [address, address6, route, route6, link, rule, refusal, [.. address, .. route, .. link, .. rule], LinkRequests.SetNoLinkLocal(Index).Finish(5).ToArray()];
        }
    }

    public override void Run(byte[] input)
    {
        var messages = 0;
        foreach (var message in new NetlinkMessages(input))
        {
            messages++;
            var payload = message.Payload;
            _ = LinkState.TryRead(payload, out _);
            _ = PolicyRule.TryRead(payload, out _);
            _ = LinkContents.ReadAddress(payload, Index);
            _ = LinkContents.ReadRoute(payload, AddressFamily.InterNetwork, Index);
            _ = LinkContents.ReadRoute(payload, AddressFamily.InterNetworkV6, Index);
            try
            {
                RtnetlinkSocket.ThrowIfRefused(payload);
            }
            catch (NetlinkException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }

        Assert.True(messages <= input.Length / 16);
    }
}
