using System.Net;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Plugins.Tun.Linux.Links;

namespace Tun.Linux.Tests;

/// <summary>Requests as bytes, as rtnetlink(7) lays them out; read back through the readers.</summary>
public sealed class LinkRequestTests
{
    [Fact]
    public void A_list_that_the_kernel_gives_up_is_begun_anew_and_not_for_ever()
    {
        var tries = 0;
        var items = RtnetlinkSocket.Complete<int>(list =>
        {
            list.Add(1);
            if (++tries == 1)
            {
                throw new NetlinkException(22, null) { IsOvertaken = true };
            }
        });
        Assert.Equal([1], items);
        Assert.Throws<NetlinkException>(() => RtnetlinkSocket.Complete<int>(_ => throw new NetlinkException(22, null) { IsOvertaken = true }));
    }

    [Fact]
    public void An_mtu_request_is_these_bytes()
    {
        var bytes = LinkRequests.SetMtu(7, 1420).Finish(5).ToArray();
        Assert.Equal(
            "28000000" + "1000" + "0500" + "05000000" + "00000000"    // nlmsghdr: 40 bytes, RTM_NEWLINK, REQUEST|ACK, sequence 5
            + "00" + "00" + "0000" + "07000000" + "00000000" + "00000000" // ifinfomsg: index 7
            + "0800" + "0400" + "8C050000",                                 // IFLA_MTU 1420
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_route_request_carries_prefix_and_device()
    {
        var bytes = LinkRequests.AddRoute(7, new DeviceRoute(IPNetwork.Parse("10.80.0.0/16"), 254)).Finish(1).ToArray();
        // rtmsg: AF_INET, /16; table main, static, scope link, unicast.
        Assert.Equal("02100000" + "FE04FD01" + "00000000", Convert.ToHexString(bytes, 16, 12));
        var attributes = bytes[28..];
        Assert.Equal("0A500000", Convert.ToHexString(NetlinkAttributes.Find(attributes, Rtnetlink.RTA_DST)));
        Assert.Equal(7u, NetlinkAttributes.FindNumber(attributes, Rtnetlink.RTA_OIF));
        Assert.Null(NetlinkAttributes.FindNumber(attributes, Rtnetlink.RTA_PRIORITY));
    }

    [Fact]
    public void Nested_attributes_hold_the_length_of_what_is_inside()
    {
        var bytes = LinkRequests.SetNoLinkLocal(7).Finish(1).ToArray();
        var families = NetlinkAttributes.Find(bytes.AsSpan(32), IfLink.IFLA_AF_SPEC).ToArray();
        var inet6 = NetlinkAttributes.Find(families, Socket.AF_INET6).ToArray();
        Assert.Equal([IfLink.IN6_ADDR_GEN_MODE_NONE], NetlinkAttributes.Find(inet6, IfLink.IFLA_INET6_ADDR_GEN_MODE).ToArray());
    }

    [Fact]
    public void Messages_and_attributes_cut_anywhere_end_the_walk()
    {
        var whole = LinkRequests.AddAddress(3, IPAddress.Parse("fd99::1"), 64).Finish(1).ToArray();
        for (var length = 0; length <= whole.Length; length++)
        {
            var messages = 0;
            foreach (var message in new NetlinkMessages(whole.AsSpan(0, length)))
            {
                messages++;
                Assert.Equal(Rtnetlink.RTM_NEWADDR, message.Header.nlmsg_type);
            }

            Assert.Equal(length == whole.Length ? 1 : 0, messages);
            if (length >= 24)
            {
                foreach (var attribute in new NetlinkAttributes(whole.AsSpan(24, length - 24)))
                {
                    Assert.Equal(16, attribute.Value.Length);
                }
            }
        }
    }

    [Fact]
    public void Lengths_that_point_nowhere_end_the_walk()
    {
        byte[] tooShort = [3, 0, 1, 0, 0xFF, 0xFF, 1, 0];
        Assert.True(NetlinkAttributes.Find(tooShort, 1).IsEmpty);
        byte[] tooLong = [0xFF, 0xFF, 1, 0];
        Assert.True(NetlinkAttributes.Find(tooLong, 1).IsEmpty);
        Assert.False(LinkState.TryRead([1, 2, 3], out _));
    }

    [Fact]
    public void An_address_or_route_of_another_length_is_passed_over()
    {
        var address = LinkRequests.AddAddress(7, IPAddress.Parse("10.1.2.3"), 24).Finish(1).ToArray().AsSpan(16);
        Assert.Equal("10.1.2.3/24", LinkContents.ReadAddress(address, 7)?.ToString());
        address[1] = 33;
        Assert.Null(LinkContents.ReadAddress(address, 7));
        var route = LinkRequests.AddRoute(7, new DeviceRoute(IPNetwork.Parse("10.1.0.0/16"), 254)).Finish(1).ToArray().AsSpan(16);
        Assert.Equal("10.1.0.0/16", LinkContents.ReadRoute(route, System.Net.Sockets.AddressFamily.InterNetwork, 7)?.Prefix.ToString());
        // The kernel masks a destination, but the walk depends on nobody.
        route[1] = 8;
        Assert.Equal("10.0.0.0/8", LinkContents.ReadRoute(route, System.Net.Sockets.AddressFamily.InterNetwork, 7)?.Prefix.ToString());
        route[1] = 33;
        Assert.Null(LinkContents.ReadRoute(route, System.Net.Sockets.AddressFamily.InterNetwork, 7));
        var name = RtnetlinkMessage.Create(Rtnetlink.RTM_NEWADDR, 0, new IfAddr.AddressBody { ifa_index = 7 }).Add(IfAddr.IFA_LOCAL, "a name").Finish(1);
        Assert.Null(LinkContents.ReadAddress(name[16..], 7));
    }

    [Fact]
    public void A_refusal_that_is_cut_is_one() =>
        Assert.Equal(Errno.EIO, Assert.Throws<NetlinkException>(() => RtnetlinkSocket.ThrowIfRefused([1, 2])).Errno);
}
