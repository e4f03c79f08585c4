using System.Text.Json.Nodes;
using Culvert.Host.Doctor;
using Culvert.Host.Doctor.Machines;
using Culvert.Host.Doctor.Running;
using Tools.Tests.Output;

namespace Tools.Tests.Doctoring;

/// <summary>What the status of a running pipeline says to who knows it.</summary>
public sealed class RunningCheckTests
{
    [Fact]
    public void A_peer_whose_port_is_closed_is_told_as_such()
    {
        var status = StatusTextTests.Status(StatusTextTests.Silent("berlin", FileCheckTests.PeerKey));
        Count(status, 2, "refused", 4);
        var finding = Assert.Single(Find(new HandshakeCheck(), status));
        Assert.Contains("the address answers that the port is closed", finding.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mac1", "write this end's public key at the other end: public-key: xTIB")]
    [InlineData("unknown-peer", "add the caller to 'peers'")]
    [InlineData("invalid", "compare suite and preshared key")]
    [InlineData("replayed", "set the clock of the other end")]
    public void A_rejection_has_a_remedy(string reason, string remedy)
    {
        var status = StatusTextTests.Status();
        Count(status, 1, "handshakes-rejected", 3, isDrop: false, reason);
        Assert.StartsWith(remedy, Assert.Single(Find(new RejectionCheck(), status)).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejections_that_anybody_can_cause_are_no_finding()
    {
        var status = StatusTextTests.Status();
        Count(status, 1, "handshakes-rejected", 3, isDrop: false, "rate");
        Assert.Empty(Find(new RejectionCheck(), status));
    }

    [Theory]
    [InlineData(50, 0, "50 packets went to the peers, and none came back")]
    [InlineData(0, 50, "50 packets came from the peers, and none went back")]
    [InlineData(50, 50, null)]
    [InlineData(3, 0, null)]
    public void Traffic_one_way_is_found(int sealedPackets, int opened, string? cause)
    {
        var status = StatusTextTests.Status();
        Count(status, 1, "sealed", sealedPackets, isDrop: false);
        Count(status, 1, "opened", opened, isDrop: false);
        Count(status, 1, "handshakes-completed", 1, isDrop: false);
        var found = Find(new OneWayCheck(), status);
        if (cause is null)
        {
            Assert.Empty(found);
        }
        else
        {
            Assert.StartsWith(cause, Assert.Single(found).Cause, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_drop_has_its_sentence_its_last_packet_and_a_remedy()
    {
        var status = StatusTextTests.Status();
        var counter = Count(status, 1, "wrong-source", 1234, isDrop: true);
        counter["last"] = new JsonObject { ["packet"] = "10.1.2.3 > 10.2.0.1: udp", ["time"] = "2026-01-02T03:04:05+01:00" };
        var finding = Assert.Single(Find(new DropCheck(), status));
        Assert.StartsWith("encrypt dropped 1,234 packets as wrong-source: A sentence; the last one: 10.1.2.3 > 10.2.0.1: udp", finding.Cause, StringComparison.Ordinal);
        Assert.StartsWith("add the source to the peer's allowed-ips", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Drops_of_a_restart_are_no_finding()
    {
        var status = StatusTextTests.Status();
        Count(status, 1, "unknown-index", 2, isDrop: true);
        Assert.Empty(Find(new DropCheck(), status));
    }

    [Fact]
    public void A_path_that_carries_less_than_the_plan_is_found()
    {
        var peer = StatusTextTests.Up("berlin", 1);
        peer["path"] = new JsonObject { ["outbound-mtu"] = 1340, ["verdict"] = "packets of 1340 bytes pass to the peer" };
        var status = StatusTextTests.Status(peer);
        StatusTextTests.Encrypt(status)["mtu"] = 1440;
        Assert.Contains("less than the 1440 bytes of the plan: packets of 1340 bytes pass", Assert.Single(Find(new PathCheck(), status)).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_offloads_are_found()
    {
        var status = StatusTextTests.Status();
        status["stages"]![0]!["details"]!["offload"] = "none";
        status["stages"]![2]!["details"]!["send-offload"] = "refused by the system";
        Assert.Equal(2, Find(new OffloadCheck(), status).Count);
    }

    [Fact]
    public void A_program_that_was_updated_and_not_restarted_is_found() =>
        Assert.StartsWith("the pipeline runs culvert 1.2.3, but version ", Assert.Single(Find(new VersionCheck(), StatusTextTests.Status())).Cause, StringComparison.Ordinal);

    [Fact]
    public void A_healthy_pipeline_has_no_findings()
    {
        var status = StatusTextTests.Status(StatusTextTests.Up("berlin", 1000));
        Assert.All(Checks.OfRunning, check => Assert.Empty(Find(check, status)));
    }

    private static IReadOnlyList<Finding> Find(Check check, JsonObject status) => Checks.Run([check], new Site { Status = status });

    private static JsonObject Count(JsonObject status, int stage, string name, int value, bool isDrop = false, string? reason = null)
    {
        var counter = new JsonObject
        {
            ["name"] = name,
            ["tags"] = reason is null ? [] : new JsonObject { ["reason"] = reason },
            ["value"] = value,
            ["unit"] = "packets",
            ["drop"] = isDrop,
            ["description"] = "A sentence.",
        };
        status["stages"]![stage]!["counters"]!.AsArray().Add(counter);
        return counter;
    }
}
