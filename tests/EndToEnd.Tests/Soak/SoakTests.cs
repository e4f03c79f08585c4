using System.Diagnostics;
using System.Globalization;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.Soak;

/// <summary>
/// Two sites over a bad network for as long as CULVERT_SOAK_MINUTES says: flaps, reloads, new keys, and kill -9 of the right end; the left one lives to the end
/// and its memory is watched. Run by <c>.ci/soak</c>, never with the other tests.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private const int RelayPort = 4000;
    private const int SitePort = 51820;
    private const int PerSecond = 50;

    // The payload with UDP and IPv4 headers, padded to 16 bytes, behind the header of a transport message and before its tag.
    private const int DataSize = ((NumberedTraffic.Payload + 28 + 15) / 16 * 16) + 32;

    private static readonly TimeSpan _step = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _calm = TimeSpan.FromSeconds(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-soak-");
    private readonly List<(long From, long To)> _outages = [];
    private readonly Dictionary<string, int> _events = [];

    [Fact(Explicit = true)]
    public void Two_sites_bear_a_bad_network()
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        using var leftSpace = NetworkNamespace.Create();
        using var rightSpace = NetworkNamespace.Create();
        using var relay = new LossyRelay(leftSpace, rightSpace, RelayPort, SitePort, DataSize);
        using var left = new SoakSite(leftSpace, Path.Combine(_folder.FullName, "left"), "10.99.0.1", "10.99.0.2", RelayPort, SitePort);
        using var right = new SoakSite(rightSpace, Path.Combine(_folder.FullName, "right"), "10.99.0.2", "10.99.0.1", RelayPort, SitePort);
        (left.PeerKey, right.PeerKey) = (right.Key.Public, left.Key.Public);
        left.Start();
        right.Start();
        WaitUntilUp(left, right);
        using var toRight = new NumberedTraffic(leftSpace, rightSpace, right.Address, PerSecond);
        using var toLeft = new NumberedTraffic(rightSpace, leftSpace, left.Address, PerSecond);
        var watch = new MemoryWatch(left.Program.Id, output.WriteLine);

        Disturb(left, right, relay, watch);

        (toRight.IsPaused, toLeft.IsPaused) = (true, true);
        Thread.Sleep(_calm);
        watch.Sample();
        var report = new SoakReport([toRight, toLeft], [relay.LostFrom(0), relay.LostFrom(1)], _outages, _events, watch);
        output.WriteLine(report.Table($"{left.Faults()}, {right.Faults()}", relay.Carried));
        Assert.Equal((0, 0), (left.Faults(), right.Faults()));
        Assert.True(report.IsSound, report.Table("", 0));
        Assert.False(left.Program.HasExited || right.Program.HasExited, left.Program.Said + right.Program.Said);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static TimeSpan Time() => TimeSpan.FromMinutes(
        double.TryParse(Environment.GetEnvironmentVariable("CULVERT_SOAK_MINUTES"), CultureInfo.InvariantCulture, out var minutes) ? minutes : 60);

    private void Disturb(SoakSite left, SoakSite right, LossyRelay relay, MemoryWatch watch)
    {
        var clock = Stopwatch.StartNew();
        for (var step = 0; clock.Elapsed < Time(); step++)
        {
            switch (step % 6)
            {
                case 0 or 3:
                    Note("flaps");
                    relay.IsCut = true;
                    Thread.Sleep(TimeSpan.FromSeconds(1 + (step % 4)));
                    relay.IsCut = false;
                    break;
                case 1:
                    Note("reloads");
                    left.Reload();
                    break;
                case 2:
                    Note("reloads");
                    right.Reload();
                    break;
                case 4:
                    Note("kills");
                    Outage(left, right, () =>
                    {
                        right.Kill();
                        right.Start();
                    });
                    break;
                case 5:
                    Note("key changes");
                    Outage(left, right, () =>
                    {
                        left.ChangeKey();
                        right.PeerKey = left.Key.Public;
                        left.Reload();
                        right.Reload();
                    });
                    break;
            }

            watch.Sample();
            Wait(_step * (step + 1) - clock.Elapsed);
        }
    }

    private static void Wait(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            Thread.Sleep(time);
        }
    }

    private void Note(string what) => _events[what] = _events.GetValueOrDefault(what) + 1;

    /// <summary>What is lost from here on until traffic passes again counts apart.</summary>
    private void Outage(SoakSite left, SoakSite right, Action action)
    {
        var from = Environment.TickCount64;
        action();
        WaitUntilUp(left, right);
        Thread.Sleep(_calm);
        _outages.Add((from - 200, Environment.TickCount64));
    }

    private static void WaitUntilUp(SoakSite left, SoakSite right) => Eventually.True(
        () => left.Reaches(right.Address) && right.Reaches(left.Address), _patience, () => $"No ping passes.\nLeft:\n{left.Program.Said}\nRight:\n{right.Program.Said}");
}
