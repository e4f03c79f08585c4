using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// What wireguard-go's tests/netns.sh checks, with our program at both ends and at one of them. Three namespaces: the two devices are made in the
/// first, where their sockets stay, and moved to the others.
/// </summary>
public sealed class NetnsTests
{
    public static TheoryData<bool, bool> Ends => new() { { true, true }, { true, false }, { false, true } };

    [Theory]
    [MemberData(nameof(Ends))]
    public void Every_kind_of_packet_passes_over_both_families_at_both_mtus(bool firstIsOurs, bool secondIsOurs)
    {
        using var net = new NetnsNetwork(firstIsOurs, secondIsOurs);
        net.MakeMoved();
        foreach (var outer in new[] { "127.0.0.1", "[::1]" })
        {
            net.SetEndpoints($"{outer}:10000", $"{outer}:20000");
            foreach (var mtu in new[] { NetnsNetwork.Mtu, NetnsNetwork.BigMtu })
            {
                net.SetMtu(mtu);
                net.CheckPackets();
            }
        }

        net.CheckCounters();
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Ends_roam_between_addresses_and_ports(bool firstIsOurs, bool secondIsOurs)
    {
        using var net = new NetnsNetwork(firstIsOurs, secondIsOurs);
        net.MakeMoved();
        net.Outer.Run("ip -4 addr del 127.0.0.1/8 dev lo");
        net.Outer.Run("ip -4 addr add 127.212.121.99/8 dev lo");
        net.Outer.Run($"wg set {net.First} listen-port 9999");
        net.Outer.Run($"wg set {net.First} peer {net.SecondKey.Public} endpoint 127.0.0.1:20000");
        net.Left.Run("ping -6 -W 1 -c 1 fd00::2");
        Assert.Equal($"{net.FirstKey.Public}\t127.212.121.99:9999", net.Right.Run($"wg show {net.Second} endpoints").Trim());

        net.Left.Run($"wg set {net.First} listen-port 9998");
        net.Left.Run($"wg set {net.First} peer {net.SecondKey.Public} endpoint [::1]:20000");
        net.Left.Run("ping -W 1 -c 1 192.168.241.2");
        Assert.Equal($"{net.FirstKey.Public}\t[::1]:9998", net.Right.Run($"wg show {net.Second} endpoints").Trim());

        // A packet whose source belongs to a more specific peer is dropped; the datagram is authentic, so that the end still roams.
        net.Left.Run($"wg set {net.First} peer {net.SecondKey.Public} allowed-ips 192.168.241.0/24");
        Assert.True(net.Arrives("X"));
        var specific = TwoSites.NewKey().Public;
        net.Outer.Run($"wg set {net.First} peer {specific} allowed-ips 192.168.241.2/32");
        net.Outer.Run($"wg set {net.Second} listen-port 9997");
        Assert.False(net.Arrives("X"));
        net.Outer.Run($"wg set {net.First} peer {specific} remove");
        Assert.Equal($"{net.SecondKey.Public}\t[::1]:9997", net.Left.Run($"wg show {net.First} endpoints").Trim());
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void A_keepalive_keeps_the_mapping_of_a_NAT(bool firstIsOurs, bool secondIsOurs)
    {
        Requires.Tool("iptables");
        using var net = new NetnsNetwork(firstIsOurs, secondIsOurs);
        net.MakeInPlace();
        NetworkNamespace.Connect(net.Outer, "vethrc", net.Left, "vethc");
        NetworkNamespace.Connect(net.Outer, "vethrs", net.Right, "veths");
        net.Outer.Run("ip addr add 192.168.1.1/24 dev vethrc");
        net.Outer.Run("ip addr add 10.0.0.1/24 dev vethrs");
        net.Left.Run("ip addr add 192.168.1.100/24 dev vethc");
        net.Left.Run("ip route add default via 192.168.1.1");
        net.Right.Run("ip addr add 10.0.0.100/24 dev veths");
        net.Outer.Invoke(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        net.Outer.Run("iptables -t nat -A POSTROUTING -s 192.168.1.0/24 -d 10.0.0.0/24 -j SNAT --to 10.0.0.1");
        net.Outer.Invoke(() =>
        {
            File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_udp_timeout", "2");
            File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream", "2");
        });

        net.Left.Run($"wg set {net.First} peer {net.SecondKey.Public} endpoint 10.0.0.100:20000 persistent-keepalive 1");
        net.Left.Run("ping -W 1 -c 1 192.168.241.2");
        net.Right.Run("ping -W 1 -c 1 192.168.241.1");
        Assert.Equal($"{net.FirstKey.Public}\t10.0.0.1:10000", net.Right.Run($"wg show {net.Second} endpoints").Trim());
        // Longer than the mapping lives without the keepalives.
        net.Right.Run("sleep 3");
        net.Right.Run("ping -W 1 -c 1 192.168.241.1");
    }

    // Not with wireguard-go at the end whose addresses change: packaged versions lose the first packets, also between two of their kind.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Addresses_of_the_socket_come_and_go(bool secondIsOurs)
    {
        using var net = new NetnsNetwork(true, secondIsOurs);
        var ping = $"ping -W 1 -c {(secondIsOurs ? 1 : 4)} -i 0.3 192.168.241.2";
        net.MakeInPlace();
        NetworkNamespace.Connect(net.Left, "veth1", net.Right, "veth2");
        net.Left.Invoke(() => File.WriteAllText("/proc/sys/net/ipv4/conf/veth1/promote_secondaries", "1"));
        net.Left.Run("ip addr add 10.0.0.1/24 dev veth1");
        net.Left.Run("ip addr add fd00:aa::1/96 dev veth1 nodad");
        net.Right.Run("ip addr add 10.0.0.2/24 dev veth2");
        net.Right.Run("ip addr add fd00:aa::2/96 dev veth2 nodad");
        net.Left.Run($"wg set {net.First} peer {net.SecondKey.Public} endpoint 10.0.0.2:20000");
        net.Left.Run(ping);
        net.Left.Run("ip addr add 10.0.0.10/24 dev veth1");
        net.Left.Run("ip addr del 10.0.0.1/24 dev veth1");
        net.Left.Run(ping);
        net.Left.Run($"wg set {net.First} peer {net.SecondKey.Public} endpoint [fd00:aa::2]:20000");
        net.Left.Run(ping);
        net.Left.Run("ip addr add fd00:aa::10/96 dev veth1 nodad");
        net.Left.Run("ip addr del fd00:aa::1/96 dev veth1");
        net.Left.Run(ping);
    }

    [Fact]
    public void An_end_answers_from_the_address_that_was_called()
    {
        using var net = new NetnsNetwork(true, true);
        net.MakeInPlace();
        NetworkNamespace.Connect(net.Left, "veth1", net.Right, "veth2");
        foreach (var address in new[] { "10.0.0.1/24", "10.0.0.2/24", "fd00:aa::1/96", "fd00:aa::2/96" })
        {
            net.Left.Run($"ip addr add {address} dev veth1{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}");
        }

        net.Right.Run("ip addr add 10.0.0.3/24 dev veth2");
        net.Right.Run("ip addr add fd00:aa::3/96 dev veth2 nodad");
        foreach (var called in new[] { "10.0.0.1", "[fd00:aa::1]", "10.0.0.2", "[fd00:aa::2]" })
        {
            net.Outer.Run($"wg set {net.Second} peer {net.FirstKey.Public} endpoint {called}:10000");
            net.Right.Run("ping -W 1 -c 1 192.168.241.1");
            Assert.Equal($"{net.FirstKey.Public}\t{called}:10000", net.Outer.Run($"wg show {net.Second} endpoints").Trim());
        }
    }

    [Fact]
    public void Large_and_odd_configurations_are_taken_and_shown_whole()
    {
        using var net = new NetnsNetwork(true, true);
        var name = net.MakeAlone();
        var key = TwoSites.NewKey();
        var prefixes = from a in Enumerable.Range(1, 255) from b in Enumerable.Range(0, 256) select $"AllowedIPs={a}.{b}.0.0/16,{a}::{b}/128";
        net.SetConfiguration(name, [$"[Interface]\nPrivateKey={key.Private.Trim()}\n[Peer]\nPublicKey={TwoSites.NewKey().Public}", .. prefixes]);
        Assert.Equal((255 * 256 * 2) + 1, net.Outer.Run($"wg show {name} allowed-ips").Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Length);

        var peers = from a in Enumerable.Range(1, 40)
                    let own = from b in Enumerable.Range(1, 52) select $"AllowedIPs={a}.{b}.0.0/16"
                    select $"[Peer]\nPublicKey={TwoSites.NewKey().Public}\n{string.Join('\n', own)}";
        net.SetConfiguration(name, [$"[Interface]\nPrivateKey={key.Private.Trim()}", .. peers]);
        var lines = net.Outer.Run($"wg show {name} allowed-ips").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(40, lines.Length);
        Assert.All(lines, line => Assert.Equal(53, line.Split([' ', '\t']).Length));

        // No private key at all.
        net.SetConfiguration(name, [.. Enumerable.Range(0, 30).Select(_ => $"[Peer]\nPublicKey={TwoSites.NewKey().Public}"), "AllowedIPs=255.2.3.4/32,abcd::255/128"]);
        Assert.Equal("(none)", net.Outer.Run($"wg show {name} private-key").Trim());
        Assert.Contains("AllowedIPs = 255.2.3.4/32, abcd::255/128", net.Outer.Run($"wg showconf {name}"), StringComparison.Ordinal);
        Assert.NotEqual(0, net.Outer.TryRun("wg show doesnotexist").ExitCode);
    }
}
