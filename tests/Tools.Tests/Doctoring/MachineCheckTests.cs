using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Host.Doctor;
using Culvert.Host.Doctor.Machines;
using Culvert.Tests.Support;

namespace Tools.Tests.Doctoring;

/// <summary>Each fault of a machine, provoked in a namespace of its own.</summary>
[SupportedOSPlatform("linux")]
public sealed class MachineCheckTests : IDisposable
{
    private const string Device = "cvtdoc0";
    private const string Peer = "endpoint: 192.0.2.7:51820, allowed-ips: [10.99.0.2/32, 10.2.0.0/16]";

    private readonly ScratchFolder _folder = new();
    private readonly Lazy<NetworkNamespace> _space = new(NewSpace);

    public void Dispose()
    {
        if (_space.IsValueCreated)
        {
            _space.Value.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public void A_missing_node_is_found()
    {
        Requires.Linux();
        Assert.Contains("does not exist", One(new TunNodeCheck(), machine: new Machine { TunNode = _folder.Path + "/none" }).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_of_the_wrong_mode_is_found()
    {
        Requires.Root();
        var node = _folder.Write("tun", "");
        File.SetUnixFileMode(node, UnixFileMode.UserRead);
        var finding = Assert.Single(Space.InvokeWithoutRights(() => Find(new TunNodeCheck(), new Machine { TunNode = node })));
        Assert.Contains("cannot be opened, mode 0400: ", finding.Cause, StringComparison.Ordinal);
        Assert.StartsWith("run 'chmod 0666 ", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_capability_is_found_and_a_prepared_device_needs_none()
    {
        Requires.TunDevice();
        var finding = Assert.Single(Space.InvokeWithoutRights(() => Find(new CapabilityCheck())));
        Assert.Contains("missing capability CAP_NET_ADMIN", finding.Cause, StringComparison.Ordinal);
        Space.Run($"ip tuntap add {Device} mode tun user root");
        Assert.Empty(Space.InvokeWithoutRights(() => Find(new CapabilityCheck())));
    }

    [Fact]
    public void A_low_port_needs_a_capability()
    {
        Requires.Root();
        var site = Site(listen: "0.0.0.0:443");
        Assert.Contains(
            Space.InvokeWithoutRights(() => Checks.Run([new CapabilityCheck()], site)),
            finding => finding.Cause.Contains("missing capability CAP_NET_BIND_SERVICE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_in_use_is_found()
    {
        Requires.Root();
        using var socket = Space.Invoke(() =>
        {
            var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            other.Bind(new IPEndPoint(IPAddress.Any, 51820));
            return other;
        });
        Assert.StartsWith("another program has UDP port 51820", InSpace(new PortCheck()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_TCP_port_in_use_is_found()
    {
        Requires.Root();
        using var socket = Space.Invoke(() =>
        {
            var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            other.Bind(new IPEndPoint(IPAddress.Any, 51820));
            other.Listen();
            return other;
        });
        Assert.Empty(Space.Invoke(() => Find(new PortCheck())));
        Assert.StartsWith(
            "another program has TCP port 51820",
            Assert.Single(Space.Invoke(() => Checks.Run([new PortCheck()], Site(network: "tcp")))).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listen_address_of_another_machine_is_found()
    {
        Requires.Root();
        Assert.Contains(
            "does not have the listen address 192.0.2.99",
            Assert.Single(Space.Invoke(() => Checks.Run([new PortCheck()], Site(listen: "192.0.2.99:51820")))).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_of_another_kind_is_found()
    {
        Requires.Root();
        Space.Run($"ip link add {Device} type veth peer name other0");
        Assert.Contains("is not a TUN device", InSpace(new DeviceCheck()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_in_use_is_found()
    {
        Requires.TunDevice();
        Space.Run($"ip tuntap add {Device} mode tun");
        Assert.Empty(Space.Invoke(() => Find(new DeviceCheck())));
        using var tun = PlainTun.Open(Space, Device);
        Assert.Contains($"another program uses the device {Device}", InSpace(new DeviceCheck()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_through_the_tunnel_is_found()
    {
        Requires.TunDevice();
        AddDevice("10.99.0.1/24");
        Assert.Empty(Space.Invoke(() => Find(new EndpointRouteCheck())));
        Space.Run($"ip route add 192.0.2.7/32 dev {Device}");
        Assert.StartsWith($"the endpoint 192.0.2.7 is reached through {Device}", InSpace(new EndpointRouteCheck()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_without_a_route_is_found()
    {
        Requires.Root();
        Space.Run("ip link set wan0 down");
        Assert.StartsWith("no route leads to the endpoint 192.0.2.7", InSpace(new EndpointRouteCheck()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prefix_that_leaves_by_another_device_is_found()
    {
        Requires.TunDevice();
        AddDevice("10.99.0.1/24");
        Space.Run("ip route add 10.2.0.0/16 via 192.0.2.7");
        Assert.StartsWith("packets to 10.2.0.0/16 leave by wan0", InSpace(new PrefixRouteCheck()).Cause, StringComparison.Ordinal);
        Assert.Empty(Space.Invoke(() => Checks.Run([new PrefixRouteCheck()], Site(addresses: "[10.99.0.1/24], table: 7"))));
    }

    [Fact]
    public void A_gateway_that_does_not_forward_is_found()
    {
        Requires.Root();
        Assert.Empty(Space.Invoke(() => Find(new ForwardingCheck())));
        AddLan();
        Space.Run("sysctl -qw net.ipv4.ip_forward=0");
        Assert.StartsWith("net.ipv4.ip_forward is 0: hosts behind this machine (", InSpace(new ForwardingCheck()).Cause, StringComparison.Ordinal);
        Space.Run("sysctl -qw net.ipv4.ip_forward=1");
        Assert.Empty(Space.Invoke(() => Find(new ForwardingCheck())));
    }

    [Fact]
    public void A_strict_reverse_path_filter_without_a_route_back_is_found()
    {
        Requires.TunDevice();
        AddDevice("10.99.0.1/24");
        Space.Run("ip route add default via 192.0.2.7");
        Space.Run($"sysctl -qw net.ipv4.conf.{Device}.rp_filter=0");
        Space.Run("sysctl -qw net.ipv4.conf.all.rp_filter=0");
        Assert.Empty(Space.Invoke(() => Find(new ReversePathCheck())));
        Space.Run($"sysctl -qw net.ipv4.conf.{Device}.rp_filter=1");
        Assert.Contains("packets from 10.2.0.0/16 are dropped when they come out of the tunnel", InSpace(new ReversePathCheck()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Disabled_IPv6_is_found()
    {
        Requires.Root();
        var site = Site(addresses: "[10.99.0.1/24, \"fd99::1/64\"]");
        Space.Run("sysctl -qw net.ipv6.conf.default.disable_ipv6=0");
        Space.Run("sysctl -qw net.ipv6.conf.all.disable_ipv6=0");
        Assert.Empty(Space.Invoke(() => Checks.Run([new Ipv6DisabledCheck()], site)));
        Space.Run("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
        Assert.StartsWith("IPv6 is disabled", Assert.Single(Space.Invoke(() => Checks.Run([new Ipv6DisabledCheck()], site))).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_went_back_is_found()
    {
        Requires.Linux();
        Assert.StartsWith("the clock says 2001-", One(new ClockCheck(), machine: new Machine { Time = new Past() }).Cause, StringComparison.Ordinal);
        Assert.Empty(Find(new ClockCheck()));
    }

    [Fact]
    public void A_name_that_nobody_knows_is_found()
    {
        Requires.Linux();
        var site = Site(peer: "endpoint: nobody.invalid:51820, allowed-ips: [10.99.0.2/32]");
        Assert.StartsWith("the name 'nobody.invalid' cannot be looked up", Assert.Single(Checks.Run([new NameCheck()], site)).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_keepalive_behind_NAT_is_found()
    {
        Requires.Root();
        Space.Run("ip addr add 10.0.0.2/24 dev wan0");
        Space.Run("ip route add 203.0.113.0/24 via 10.0.0.1");
        var peer = "endpoint: 203.0.113.7:51820, allowed-ips: [10.99.0.2/32]";
        Assert.StartsWith(
            "peer berlin has no keepalive, and this machine calls it from the private address 10.0.0.2",
            Assert.Single(Space.Invoke(() => Checks.Run([new KeepaliveCheck()], Site(peer: peer)))).Cause, StringComparison.Ordinal);
        Assert.Empty(Space.Invoke(() => Checks.Run([new KeepaliveCheck()], Site(peer: peer + ", keepalive: 25s"))));
    }

    [Theory]
    [InlineData("add table inet f; add chain inet f in { type filter hook input priority 0; policy accept; }; add rule inet f in udp dport 51820 counter drop", "drops datagrams to UDP port 51820 (table inet f, chain in")]
    [InlineData("add table inet f; add chain inet f in { type filter hook input priority 0; policy drop; }; add rule inet f in tcp dport 22 accept", "drops datagrams to UDP port 51820 (table inet f, chain in, policy")]
    [InlineData("add table ip f; add chain ip f out { type filter hook output priority 0; policy drop; }", "drops the datagrams that this machine sends (table ip f, chain out, policy")]
    [InlineData("add table inet f; add chain inet f in { type filter hook input priority 0; policy drop; }; add rule inet f in iifname lo accept", "drops datagrams to UDP port 51820 (table inet f, chain in, policy")]
    [InlineData("add table inet f; add chain inet f in { type filter hook input priority 0; policy drop; }; add rule inet f in ct state established,related accept", null)]
    [InlineData("add table inet f; add chain inet f in { type filter hook input priority 0; policy drop; }; add rule inet f in udp dport { 53, 51820 } accept", null)]
    [InlineData("add table inet f; add chain inet f in { type filter hook input priority 0; policy drop; }; add rule inet f in ip saddr 192.0.2.7 accept", null)]
    public void A_firewall_of_nft_that_drops_the_port_is_found(string rules, string? cause)
    {
        Requires.Root();
        Requires.Tool("nft");
        Space.TryRun(TimeSpan.FromSeconds(10), "nft", rules).Succeeded();
        Expect(new FirewallCheck(), cause);
    }

    [Theory]
    [InlineData("tcp dport 51820 drop", "policy accept", "drops connections to TCP port 51820 (table inet f, chain in")]
    [InlineData("iif lo accept; add rule inet f in ct state established accept", "policy drop", "drops connections to TCP port 51820 (table inet f, chain in, policy")]
    [InlineData("tcp dport 51820 accept", "policy drop", null)]
    [InlineData("udp dport 51820 drop", "policy accept", null)]
    public void A_firewall_that_drops_the_TCP_port_is_found(string rule, string policy, string? cause)
    {
        Requires.Root();
        Requires.Tool("nft");
        var rules = $"add table inet f; add chain inet f in {{ type filter hook input priority 0; {policy}; }}; add rule inet f in {rule}";
        Space.TryRun(TimeSpan.FromSeconds(10), "nft", rules).Succeeded();
        Expect(new FirewallCheck(), cause, network: "tcp");
    }

    [Theory]
    [InlineData("-A INPUT -p udp --dport 51820 -j DROP", "drops datagrams to UDP port 51820 (table iptables filter, chain INPUT; its counter says 0 packets)")]
    [InlineData("-P INPUT DROP", "drops datagrams to UDP port 51820 (table iptables filter, chain INPUT, policy")]
    [InlineData("-A INPUT ! -i lo -j DROP", "drops datagrams to UDP port 51820 (table iptables filter, chain INPUT")]
    [InlineData("-A INPUT -p udp --dport 51821 -j DROP", null)]
    [InlineData("-A INPUT -i lo -p udp --dport 51820 -j DROP", null)]
    public void A_firewall_of_iptables_that_drops_the_port_is_found(string rule, string? cause)
    {
        Requires.Root();
        Requires.Tool("iptables");
        Space.Run($"iptables {rule}");
        Expect(new FirewallCheck(), cause);
    }

    [Fact]
    public void A_firewall_that_drops_what_is_forwarded_is_found()
    {
        Requires.Root();
        Requires.Tool("iptables");
        AddLan();
        Space.Run("sysctl -qw net.ipv4.ip_forward=1");
        Space.Run("iptables -P FORWARD DROP");
        Space.Run($"iptables -A FORWARD -i {Device} -j ACCEPT");
        Expect(new FirewallCheck(), "drops what is forwarded into the tunnel (table iptables filter, chain FORWARD, policy");
        Space.Run($"iptables -A FORWARD -o {Device} -j ACCEPT");
        Expect(new FirewallCheck(), null);
    }

    private NetworkNamespace Space => _space.Value;

    private void Expect(Check check, string? cause, string network = "udp")
    {
        var found = Space.Invoke(() => Checks.Run([check], Site(network: network)));
        if (cause is null)
        {
            Assert.Empty(found);
        }
        else
        {
            Assert.Contains(cause, Assert.Single(found).Cause, StringComparison.Ordinal);
        }
    }

    private static NetworkNamespace NewSpace()
    {
        var space = NetworkNamespace.Create();
        space.Run("ip link add wan0 type veth peer name wan1");
        space.Run("ip link set wan1 up");
        space.Run("ip addr add 192.0.2.1/24 dev wan0");
        space.Run("ip link set wan0 up");
        return space;
    }

    private void AddLan()
    {
        Space.Run("ip link add lan0 type veth peer name lan1");
        Space.Run("ip link set lan1 up");
        Space.Run("ip addr add 192.168.7.1/24 dev lan0");
        Space.Run("ip link set lan0 up");
    }

    private void AddDevice(string address)
    {
        Space.Run($"ip tuntap add {Device} mode tun");
        Space.Run($"ip addr add {address} dev {Device}");
        Space.Run($"ip link set {Device} up");
    }

    private Finding InSpace(Check check) => Assert.Single(Space.Invoke(() => Find(check)));

    private Finding One(Check check, Machine machine) => Assert.Single(Find(check, machine));

    private IReadOnlyList<Finding> Find(Check check, Machine? machine = null) => Checks.Run([check], Site(machine));

    private Site Site(Machine? machine = null, string addresses = "[10.99.0.1/24]", string peer = Peer, string listen = "0.0.0.0:51820", string network = "udp")
    {
        var path = FileCheckTests.Write(_folder, addresses, "[10.2.0.0/16]", peer, listen, network);
        return new Site { Path = path, File = SiteFile.Read(path), Machine = machine ?? new Machine() };
    }

    private sealed class Past : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
