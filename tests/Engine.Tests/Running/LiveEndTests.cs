using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running;

/// <summary>An endpoint that takes changed options under traffic, and one that must be reopened.</summary>
public sealed class LiveEndTests : IDisposable
{
    // Options that say the same are the same.
    private static readonly ConcurrentDictionary<string, IReadOnlyList<IPNetwork>> _prefixes = [];

    private readonly PollableEnd _first = new(MemoryEndpoint.HostEnd());
    private readonly PollableEnd _second = new(MemoryEndpoint.HostEnd());
    private readonly PollableEnd _network = new(MemoryEndpoint.NetworkEnd());

    public LiveEndTests()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("poll(2) is Linux's.");
        }
    }

    [Fact]
    public void A_host_endpoint_is_replaced_while_packets_flow_and_its_new_descriptor_is_polled()
    {
        using var pipeline = Pipeline.Start(Plan(_first), new PipelineOptions());
        _first.Inject(Rig.Packet(1));
        Assert.True(_network.Memory.WaitForSunk(1, Rig.Patience));
        var result = pipeline.Reload(Plan(_second));
        Assert.Equal(ReloadOutcome.Swapped, result.Outcome);
        Assert.Equal(["host"], result.Changed);
        Assert.Empty(result.Added.Concat(result.Removed));
        _second.Inject(Rig.Packet(2));
        Assert.True(_network.Memory.WaitForSunk(2, Rig.Patience));
        _network.Inject(Rig.Packet(3));
        Assert.True(_second.Memory.WaitForSunk(1, Rig.Patience));
        Assert.Equal(0, _first.Memory.Sunk);
    }

    [Fact]
    public void An_endpoint_that_must_close_first_reports_why()
    {
        using var pipeline = Pipeline.Start(Plan(_first), new PipelineOptions());
        var result = pipeline.Reload(Plan(_second, reopens: true));
        Assert.Equal(ReloadOutcome.NeedsRestart, result.Outcome);
        Assert.Equal(["host must close and reopen: its test says so"], result.Reopened);
        _first.Inject(Rig.Packet(1));
        Assert.True(_network.Memory.WaitForSunk(1, Rig.Patience));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_follows_the_plan_is_replaced_when_other_stages_carry_other_prefixes(bool follows)
    {
        using var pipeline = Pipeline.Start(Plan(_first, follows: follows, prefix: "10.0.0.0/8"), new PipelineOptions());
        Assert.Equal(["a"], pipeline.Reload(Plan(_first, follows: follows, prefix: "10.0.0.0/8", version: 1)).Changed);
        Assert.Equal(follows ? ["host", "a"] : ["a"], pipeline.Reload(Plan(_first, follows: follows, prefix: "10.1.0.0/16")).Changed);
        Assert.Equal(follows ? ["host", "network"] : ["network"], pipeline.Reload(Plan(_first, follows: follows, prefix: "10.1.0.0/16", mark: 7)).Changed);
    }

    [Fact]
    public void A_stage_sees_the_facts_of_the_network_end_that_runs_and_changes_them()
    {
        IStageContext? context = null;
        NetworkEndpointShape? early = null;
        var plan = Rig.Plan(FaultPolicy.Drop, ("a", new ProbeOptions { Constructed = own => early = (context = own).Network }));
        using var socket = new SocketEnd(MemoryEndpoint.NetworkEnd());
        using (Pipeline.Start(plan, new PipelineOptions { HostEnd = _ => MemoryEndpoint.HostEnd(), NetworkEnd = _ => socket }))
        {
            Assert.Equal(1500, early!.PathMtu);
            Assert.Equal(7, context!.Network.ListenPort);
            context.ChangeNetwork(context.Network with { ListenPort = 9 });
            Assert.Equal(9, context.Network.ListenPort);
        }

        using var rig = Rig.Start(plan);
        Assert.Equal(1500, context.Network.PathMtu);
        Assert.Throws<SocketException>(() => context.ChangeNetwork(context.Network));
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _network.Dispose();
    }

    private PipelinePlan Plan(
        PollableEnd host, bool reopens = false, bool follows = false, string prefix = "0.0.0.0/0", int version = 0, uint? mark = null)
    {
        var carrier = StageShape.Through(PacketKind.Ip) with { Prefixes = _prefixes.GetOrAdd(prefix, text => [IPNetwork.Parse(text)]) };
        var planned = PipelinePlanner.Plan(
        [
            Entry("host", new LiveEndOptions { End = host, Shape = StageShape.HostEndpoint(PacketKind.Ip, new() { FollowsPlan = follows }), Reopens = reopens }),
            Rig.Probe("a", new ProbeOptions { Shape = carrier, Version = version }),
            Entry("network", new LiveEndOptions { End = _network, Shape = StageShape.NetworkEndpoint(PacketKind.Ip, 28, new() { PathMtu = 1500, FirewallMark = mark }) }),
        ]);
        Assert.True(planned.IsValid, string.Join("; ", planned.Diagnostics));
        return planned.Plan!;
    }

    private static StageEntry Entry(string id, LiveEndOptions options) =>
        new() { Id = id, Type = StageType.Of<LiveEnd, LiveEndOptions>(), Options = options };

    private sealed class SocketEnd(MemoryEndpoint memory) : IPacketEndpoint, IDisposable
    {
        public NetworkEndpointShape Facts { get; private set; } = new() { ListenPort = 7 };

        public void Change(NetworkEndpointShape wanted) => Facts = wanted;

        public void Receive(PacketFiller filler) => memory.Receive(filler);

        public void Wake() => memory.Wake();

        public void Dispose() => memory.Dispose();
    }

    internal sealed record LiveEndOptions
    {
        public required PollableEnd End { get; init; }

        public required StageShape Shape { get; init; }

        public bool Reopens { get; init; }
    }

    /// <summary>Passes on to an endpoint that its test has.</summary>
    [Stage("live-end", "An endpoint of a test.")]
    internal sealed class LiveEnd(LiveEndOptions options) : IPacketEndpoint, IStageDefinition<LiveEndOptions>, ILiveEndpoint<LiveEndOptions>
    {
        public int? Descriptor => options.End.Descriptor;

        public static StageShape Shape(LiveEndOptions options) => options.Shape;

        public static string? WhyReopen(LiveEndOptions running, LiveEndOptions wanted) => wanted.Reopens ? "its test says so" : null;

        public void Receive(PacketFiller filler) => options.End.Receive(filler);

        public void Outbound(PacketBatch batch) => options.End.Outbound(batch);

        public void Inbound(PacketBatch batch) => options.End.Inbound(batch);
    }
}
