using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// New peers connect during a flood of initiations over real sockets: 200,000 a second for as many peers as CULVERT_FLOOD_TRIES says, else a tenth of that
/// for one; from 512 sources, or as many as CULVERT_FLOOD_SOURCES says, of the
/// kind of CULVERT_FLOOD_FAMILY: ipv4 (the default), ipv6 (each in a /64 of its own) or ipv6-64 (all in one /64). The times are printed, and judged only in the plugin's own tests, whose clock does not depend on what else the machine does.
/// </summary>
public sealed class FloodedSiteTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan _wanted = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);

    private readonly WireGuardLink _link = new();

    private static (int Tries, int PerSecond) Size =>
        int.TryParse(Environment.GetEnvironmentVariable("CULVERT_FLOOD_TRIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var tries)
            ? (tries, 200_000) : (1, 20_000);

    private static int Sources =>
        int.TryParse(Environment.GetEnvironmentVariable("CULVERT_FLOOD_SOURCES"), NumberStyles.None, CultureInfo.InvariantCulture, out var sources) ? sources : 512;

    private static string Family => Environment.GetEnvironmentVariable("CULVERT_FLOOD_FAMILY") ?? "ipv4";

    public void Dispose() => _link.Dispose();

    [Theory]
    [InlineData(nameof(FloodKind.Nothing))]
    [InlineData(nameof(FloodKind.Mac1))]
    [InlineData(nameof(FloodKind.Mac1AndMac2))]
    public void New_peers_connect_during_a_flood(string kind)
    {
        var (tries, perSecond) = Size;
        using var ours = _link.Culvert();
        using var newcomer = new WireGuardGoSite(_link.Theirs, ["10.99.0.3/24"], 31_820);
        ours.Start();
        newcomer.Start();
        _link.Ours.Run($"ip route add {FloodSender.SourceNetwork} via 192.0.2.2");
        _link.Ours.Run($"ip -6 route add {FloodSender.Ipv6SourceNetwork} via 2001:db8::2");
        var target = IPEndPoint.Parse(Family == "ipv4" ? "192.0.2.1:51820" : "[2001:db8::1]:51820");
        using var flood = HandshakeFlood.Start(
            _link.Theirs, target, ours.PublicKey, Enum.Parse<FloodKind>(kind), perSecond, Sources, inOneNetwork: Family == "ipv6-64");
        List<double> seconds = [];
        for (var attempt = 0; attempt < tries; attempt++)
        {
            seconds.Add(Connect(ours, newcomer));
        }

        output.WriteLine(_link.Ours.Run($"{CulvertProgram.Path} status {ours.File}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}, {Sources:N0} sources ({Family}): {flood.Rate:N0} datagrams a second; {seconds.Count(time => time <= _wanted.TotalSeconds)} of {tries} connected within {_wanted.TotalSeconds} s: {string.Join(' ', seconds.Select(time => time.ToString("0.0", CultureInfo.InvariantCulture)))}"));
    }

    /// <summary>Makes the newcomer a peer that was never seen, with a key of its own, and waits for its handshake.</summary>
    /// <returns>The seconds from its first initiation.</returns>
    private double Connect(Site ours, Site newcomer)
    {
        var (privateKey, publicKey) = TwoSites.NewKey();
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, privateKey);
            _link.Theirs.TryRun($"wg set {newcomer.Device} peer {ours.PublicKey} remove");
            _link.Theirs.Run($"wg set {newcomer.Device} private-key {file}");
            _link.Ours.Run($"wg set {ours.Device} peer {publicKey} allowed-ips 10.99.0.3/32");
            var began = Stopwatch.GetTimestamp();
            _link.Theirs.Run($"wg set {newcomer.Device} peer {ours.PublicKey} allowed-ips 10.99.0.1/32 endpoint 192.0.2.1:51820 persistent-keepalive 1");
            Eventually.True(() => newcomer.LatestHandshake(ours.PublicKey) > 0, _limit, () => $"no handshake:\n{newcomer.Log}");
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
