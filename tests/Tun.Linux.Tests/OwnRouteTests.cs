using Culvert.Packets;
using Culvert.Stages;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>Whether the kernel routes datagrams of the tunnel's socket into the device, by all that its rules choose by.</summary>
public sealed class OwnRouteTests
{
    private static readonly string[] _machine =
    [
        "ip link add eth0 type veth peer name eth1", "ip link set eth1 up", "ip link set eth0 up", "ip addr add 192.0.2.1/24 dev eth0",
        "ip -6 addr add 2001:db8::1/64 dev eth0 nodad", "ip route add default via 192.0.2.254", "ip -6 route add default via 2001:db8::fe",
        "ip route add default via 192.0.2.254 table 77", "ip -6 route add default via 2001:db8::fe table 77",
    ];

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8:9::7")]
    public void Marks_ports_addresses_and_devices_lead_past_the_device(string remote)
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64", "203.0.113.0/24 2001:db8:9::/48"), prepare: _machine);
        var (ipv4, endpoint) = (!remote.Contains(':', StringComparison.Ordinal), DatagramEndpoint.From(new(System.Net.IPAddress.Parse(remote), 51820)));
        var network = new NetworkEndpointShape { ListenPort = 4500 };
        Assert.True(Leads(endpoint, network));

        // By the socket's device, or that of the datagram.
        var eth0 = site.Space.Invoke(() => (uint)System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .Single(one => one.Name == "eth0").GetIPProperties().GetIPv4Properties().Index);
        Assert.False(Leads(endpoint, network with { BindDevice = "eth0" }));
        Assert.False(Leads(endpoint.WithLocal([], eth0), network));

        foreach (var (rule, past) in new[]
        {
            ("fwmark 9", network with { FirewallMark = 9 }),
            ("ipproto udp sport 4501", network with { ListenPort = 4501 }),
            (ipv4 ? "from 192.0.2.1" : "from 2001:db8::1", network with { Address = System.Net.IPAddress.Parse(ipv4 ? "192.0.2.1" : "2001:db8::1") }),
        })
        {
            site.Space.Run($"ip {(ipv4 ? "-4" : "-6")} rule add {rule} lookup 77");
            Assert.True(Leads(endpoint, network), rule);
            Assert.False(Leads(endpoint, past), rule);
        }

        site.Space.Run($"ip route add {remote} via {(ipv4 ? "192.0.2.254" : "2001:db8::fe")}");
        Assert.False(Leads(endpoint, network));

        bool Leads(in DatagramEndpoint to, NetworkEndpointShape by)
        {
            var (one, two) = (to, by);
            return site.Space.Invoke(() => site.Stage.LeadsHere(one, two));
        }
    }

    [Fact]
    public void What_has_no_route_does_not_lead_there()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"));
        Assert.False(site.Stage.LeadsHere(DatagramEndpoint.From(new(System.Net.IPAddress.Parse("203.0.113.7"), 51820)), new NetworkEndpointShape()));
        Assert.True(site.Stage.LeadsHere(DatagramEndpoint.From(new(System.Net.IPAddress.Parse("10.99.0.7"), 51820)), new NetworkEndpointShape()));
    }
}
