using Culvert.Plugins.Encrypt.WireGuard.Probing;

namespace Encrypt.Tests.Probing;

/// <summary>The search for the path MTU on a simulated path. Sizes are bytes inside the tunnel: 1440 is a path of 1500, 1340 one of 1400.</summary>
public sealed class PathMachineTests
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_good_path_is_confirmed_by_one_probe()
    {
        var path = new SimulatedPath(seed: 1) { Rate = 0 };
        Assert.NotNull(path.RunUntil(() => path.Search.State == PathState.Confirmed, TimeSpan.FromSeconds(1)));
        path.Run(_minute);
        Assert.Equal([1440], path.Sizes);
        Assert.Equal(2, path.Messages); // the question whether it is a Culvert, and the probe
    }

    [Theory]
    [InlineData(SimulatedPeer.Culvert, 0.0)]
    [InlineData(SimulatedPeer.Culvert, 0.1)]
    [InlineData(SimulatedPeer.AnswersEcho, 0.0)]
    [InlineData(SimulatedPeer.AnswersEcho, 0.1)]
    public void A_path_that_narrows_is_found_within_five_seconds(SimulatedPeer peer, double loss)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var path = new SimulatedPath(seed, peer) { Loss = loss };
            path.Run(_minute + TimeSpan.FromMilliseconds(seed * 37));
            if (path.Machine.Carrier == ProbeCarrier.None)
            {
                continue; // the first question and its answers were lost: one seed in a hundred
            }

            path.Width = 1340;
            Assert.NotNull(path.RunUntil(() => path.Search.Size is <= 1340 and >= 1320, TimeSpan.FromSeconds(5)));
            path.Run(_minute);
            Assert.InRange(path.Search.Size, 1325, 1340);
        }
    }

    [Fact]
    public void Counts_are_compared_whatever_the_round_trip()
    {
        var path = new SimulatedPath(seed: 1) { OneWay = TimeSpan.FromMilliseconds(350) };
        path.Run(_minute);
        path.BiggestProbes = 0;
        path.Run(_minute);
        Assert.Equal(0, path.BiggestProbes);

        path.Width = 1340;
        Assert.NotNull(path.RunUntil(() => path.Search.Size is <= 1340 and >= 1320, TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(1439)]
    [InlineData(1433)]
    [InlineData(1401)]
    [InlineData(1369)]
    [InlineData(1290)]
    [InlineData(1280)]
    public void Any_width_is_found_to_eight_bytes(int width)
    {
        var path = new SimulatedPath(seed: 1);
        path.Run(_minute);
        path.Width = width;
        path.Run(_minute);
        Assert.InRange(path.Search.Size, width - PathSizes.Granularity, width);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void A_path_that_widens_is_found_within_eleven_minutes(double loss)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var path = new SimulatedPath(seed) { Loss = loss, Width = 1340, Rate = 100 };
            path.Run(_minute * (1 + (seed % 7)));
            path.Width = 1440;
            Assert.NotNull(path.RunUntil(() => path.Search.Size >= 1432, _minute * 11));
        }
    }

    /// <summary>The figures of the changelog: no false fall in a day at one in ten lost, and what the search costs.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    [InlineData(2)]
    public void In_a_day_of_random_loss_it_never_falls(int rate)
    {
        var path = new SimulatedPath(seed: rate) { Loss = 0.1, Rate = rate };
        path.Run(TimeSpan.FromHours(24));
        Assert.Equal([1440], path.Sizes);
        var share = (double)path.ProbeBytes / path.DataBytes;
        TestContext.Current.SendDiagnosticMessage($"{rate}/s: probes are {share:P4} of the traffic");
        Assert.True(rate < 100 || share <= 0.001, $"{share:P4}");
    }

    [Fact]
    public void A_path_that_is_down_for_a_while_is_not_narrow()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var path = new SimulatedPath(seed) { Loss = 0.01 };
            path.Run(_minute);
            path.Width = null;
            path.Run(TimeSpan.FromSeconds(1 + (seed * 2)));
            path.Width = 1440;
            path.Run(_minute);
            Assert.Equal([1440], path.Sizes);
        }
    }

    [Fact]
    public void Below_what_carries_ipv6_datagrams_may_be_fragmented()
    {
        var path = new SimulatedPath(seed: 1);
        path.Run(_minute);
        path.Width = 1200;
        path.Run(TimeSpan.FromSeconds(10));
        Assert.Equal((1280, PathState.Fragmented), (path.Search.Size, path.Search.State));

        path.Width = 1440;
        Assert.NotNull(path.RunUntil(() => path.Search is { Size: 1440, State: PathState.Confirmed }, _minute * 11));
    }

    [Fact]
    public void A_tunnel_without_ipv6_goes_below_1280()
    {
        var path = new SimulatedPath(seed: 1, min: PathSizes.MinIpv4);
        path.Run(_minute);
        path.Width = 1000;
        path.Run(_minute);
        Assert.InRange(path.Search.Size, 992, 1000);
        Assert.Equal(PathState.Confirmed, path.Search.State);
    }

    [Fact]
    public void A_forged_icmp_message_costs_a_probe_and_changes_nothing()
    {
        var path = new SimulatedPath(seed: 1);
        path.Run(_minute);
        var messages = path.Messages;
        for (var i = 0; i < 1000; i++)
        {
            path.Machine.HandleReport(path.Now, 500);
        }

        path.Rate = 0;
        path.Run(TimeSpan.FromSeconds(1));
        Assert.Equal([1440], path.Sizes);
        Assert.InRange(path.Messages - messages, 1, 4);
    }

    [Fact]
    public void A_true_icmp_message_is_confirmed_within_two_seconds()
    {
        var path = new SimulatedPath(seed: 1) { Rate = 1 };
        path.Run(_minute);
        path.Width = 1371;
        path.Machine.HandleReport(path.Now, 1371);
        Assert.NotNull(path.RunUntil(() => path.Search.Size == 1371, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_peer_that_answers_nothing_gets_one_message()
    {
        var path = new SimulatedPath(seed: 1, SimulatedPeer.Silent) { EchoTargets = 3 };
        path.Run(TimeSpan.FromHours(1));
        Assert.Equal(ProbeCarrier.None, path.Machine.Carrier);
        Assert.Equal(1, path.Messages);
        Assert.Equal([1440], path.Sizes);
    }

    [Fact]
    public void A_culvert_that_another_wireguard_replaces_is_left_alone_soon()
    {
        var path = new SimulatedPath(seed: 1);
        path.Run(_minute);
        path.Peer = SimulatedPeer.Silent;
        path.Run(_minute);
        Assert.Equal(ProbeCarrier.Unknown, path.Machine.Carrier);
        path.Machine.HandleSession(path.Now);
        path.Run(_minute);
        var messages = path.Messages;
        path.Run(_minute * 60);
        Assert.Equal((ProbeCarrier.None, messages), (path.Machine.Carrier, path.Messages));
        Assert.Equal([1440], path.Sizes);
    }

    [Fact]
    public void Without_answers_icmp_counts_for_ten_minutes_and_never_below_1280()
    {
        var path = new SimulatedPath(seed: 1, SimulatedPeer.Silent);
        path.Run(_minute);
        path.Machine.HandleReport(path.Now, 1400);
        Assert.Equal((1400, PathState.Reported), (path.Search.Size, path.Search.State));
        path.Machine.HandleReport(path.Now, 500);
        Assert.Equal((1280, PathState.Fragmented), (path.Search.Size, path.Search.State));
        path.Run(_minute * 9);
        Assert.Equal(1280, path.Search.Size);
        path.Run(_minute * 2);
        Assert.Equal((1440, PathState.Assumed), (path.Search.Size, path.Search.State));
    }

    [Fact]
    public void An_address_that_answers_echo_is_found_among_several()
    {
        var path = new SimulatedPath(seed: 1, SimulatedPeer.AnswersEcho) { EchoTargets = 3, Width = 1400 };
        path.Run(_minute);
        Assert.Equal(ProbeCarrier.Echo, path.Machine.Carrier);
        Assert.InRange(path.Search.Size, 1392, 1400);
    }

    [Fact]
    public void A_peer_that_is_idle_is_left_alone()
    {
        var path = new SimulatedPath(seed: 1) { Width = 1340 };
        path.Run(_minute);
        path.Rate = 0;
        path.Run(_minute);
        var messages = path.Messages;
        path.Run(TimeSpan.FromHours(2));
        Assert.Equal(messages, path.Messages);
    }

    [Fact]
    public void A_peer_that_moves_is_searched_anew()
    {
        var path = new SimulatedPath(seed: 1) { Width = 1340 };
        path.Run(_minute);
        path.Width = 1440;
        path.Machine.HandleMove();
        Assert.NotNull(path.RunUntil(() => path.Search.Size >= 1432, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_plan_that_changes_is_followed()
    {
        var path = new SimulatedPath(seed: 1);
        path.Run(_minute);
        path.Search.SetCeiling(1300);
        Assert.Equal(1300, path.Search.Size);
        path.Search.SetCeiling(1440);
        path.Machine.HandleMove();
        path.Run(_minute);
        Assert.Equal(1440, path.Search.Size);
    }
}
