using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A host with two addresses is called at the one that its routes would not choose, from behind a stateful firewall.</summary>
public sealed class SourceAddressTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly NetworkNamespace _host;
    private readonly NetworkNamespace _caller;

    public SourceAddressTests()
    {
        Requires.TunDevice();
        Requires.Tool("nft");
        Requires.Tool("ping");
        _host = NetworkNamespace.Create();
        _caller = NetworkNamespace.Create();
        NetworkNamespace.Connect(_host, "eth0", _caller, "eth0");
        _host.Run("ip addr add 192.0.2.1/24 dev eth0");
        _host.Run("ip addr add 192.0.2.2/24 dev eth0");
        _host.Run("ip -6 addr add 2001:db8::1/64 dev eth0 nodad");
        _host.Run("ip -6 addr add 2001:db8::2/64 dev eth0 nodad");
        _host.Run("ip -6 route replace 2001:db8::/64 dev eth0 src 2001:db8::1");
        _caller.Run("ip addr add 192.0.2.9/24 dev eth0");
        _caller.Run("ip -6 addr add 2001:db8::9/64 dev eth0 nodad");
        _caller.Run("nft add table inet wall");
        _caller.TryRun(_limit, "nft", "add chain inet wall in { type filter hook input priority 0 ; policy drop ; }").Succeeded();
        _caller.Run("nft add rule inet wall in ct state established,related accept");
        _caller.TryRun(_limit, "nft", "add rule inet wall in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept").Succeeded();
    }

    [Theory]
    [InlineData("0.0.0.0:51820", "192.0.2.2:51820")]
    [InlineData("[::]:51820", "192.0.2.2:51820")]
    [InlineData("[::]:51820", "[2001:db8::2]:51820")]
    public void The_tunnel_comes_up(string listen, string called)
    {
        using var host = new CulvertSite(_host, ["10.99.0.1/24"], listen);
        using var caller = new CulvertSite(_caller, ["10.99.0.2/24"], "[::]:0");
        host.WithPeer(caller, "10.99.0.2/32");
        caller.WithPeer(host, "10.99.0.1/32", called);
        _caller.Run($"nft add rule inet wall in iifname {caller.Device} accept");
        host.Start();
        caller.Start();
        caller.PingUntilAnswered("10.99.0.1", (int)_limit.TotalSeconds);

        // What the host sends by itself leaves from there too.
        Assert.True(Ping(_host, "10.99.0.2"), host.Log);

        // The called address goes: the host answers from the one that is left, and the caller's endpoint follows once the wall lets it in.
        if (listen.StartsWith('0'))
        {
            _caller.Run("nft flush ruleset");
            _host.Run("ip addr del 192.0.2.2/24 dev eth0");
            Eventually.True(() => Ping(_host, "10.99.0.2"), _limit, () => $"No ping passes any more.\n{host.Log}\n{caller.Log}");
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        _caller.Dispose();
    }

    private static bool Ping(NetworkNamespace from, string to) => from.TryRun($"ping -n -q -c 1 -W 1 {to}").ExitCode == 0;
}
