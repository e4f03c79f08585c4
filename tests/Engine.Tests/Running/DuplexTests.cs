using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running;

/// <summary>One thread for both directions, where both ends can be polled.</summary>
public sealed class DuplexTests : IDisposable
{
    private readonly List<int> _threads = [];
    private IStageContext? _context;
    private IStageContext? _below;
    private PollableEnd? _host;
    private PollableEnd? _network;
    private Pipeline? _pipeline;

    public DuplexTests()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("poll(2) is Linux's.");
        }
    }

    [Fact]
    public void One_thread_serves_both_directions()
    {
        Start();
        _host!.Inject(Rig.Packet(1));
        _network!.Inject(Rig.Packet(2));
        ExpectSunk(1, 1);
        Assert.Equal(1, Rig.NumberOf(_network.Memory.Captured.Single()));
        Assert.Equal(2, Rig.NumberOf(_host.Memory.Captured.Single()));
        _pipeline!.Dispose();
        Assert.Equal(2, _threads.Count);
        Assert.Single(_threads.Distinct());
    }

    [Fact]
    public void One_end_that_can_be_polled_is_asked_only_when_it_has_packets()
    {
        var plan = Rig.Plan(FaultPolicy.Drop, ("a", new ProbeOptions()));
        _host = new PollableEnd(new MemoryEndpoint(plan.Stages[0].Shape));
        using var network = new MemoryEndpoint(plan.Stages[^1].Shape);
        _pipeline = Pipeline.Start(plan, new PipelineOptions { HostEnd = _ => _host, NetworkEnd = _ => network });
        for (var i = 0; i < 100; i++)
        {
            _host.Inject(Rig.Packet(i));
            Assert.True(network.WaitForSunk(i + 1, Rig.Patience));
            Assert.True(network.Inject(Rig.Packet(i)));
            Assert.True(_host.Memory.WaitForSunk(i + 1, Rig.Patience));
        }

        // A loop that does not wait would ask thousands of times.
        Assert.InRange(_host.Asked, 1, 1000);
    }

    [Fact]
    public void What_does_not_fit_a_batch_is_received_without_another_sign()
    {
        Start(new PipelineOptions { BatchSize = 8 });
        byte[][] packets = [.. Enumerable.Range(0, 1000).Select(Rig.Packet)];
        _host!.Inject(packets);
        _network!.Inject(packets);
        ExpectSunk(1000, 1000);
        Assert.Equal(Enumerable.Range(0, 1000), _network.Memory.Captured.Select(Rig.NumberOf));
        Assert.Equal(Enumerable.Range(0, 1000), _host.Memory.Captured.Select(Rig.NumberOf));
    }

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void Emissions_from_another_thread_wake_it(Direction direction)
    {
        Start();
        for (var i = 0; i < 500; i++)
        {
            Emit(direction, i);
            var sink = direction == Direction.Outbound ? _network! : _host!;
            Assert.True(sink.Memory.WaitForSunk(i + 1, Rig.Patience), $"emission {i} was not carried");
        }
    }

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void What_a_stage_emits_while_it_is_called_is_carried_to_either_side(Direction direction)
    {
        Start(outbound: _ => Emit(direction, 77));
        _host!.Inject(Rig.Packet(1));
        ExpectSunk(direction == Direction.Outbound ? 2 : 1, direction == Direction.Inbound ? 1 : 0);
        var sink = direction == Direction.Outbound ? _network! : _host;
        Assert.Contains(77, sink.Memory.Captured.Select(Rig.NumberOf));
    }

    [Fact]
    public void What_a_stage_emits_while_an_emission_is_carried_is_carried_too()
    {
        Start(inbound: _ => Emit(Direction.Outbound, 77));
        Emit(Direction.Inbound, 1, _below);
        ExpectSunk(1, 1);
        Assert.Equal(77, Rig.NumberOf(_network!.Memory.Captured.Single()));
    }

    [Fact]
    public void Emissions_without_end_do_not_keep_it_from_receiving()
    {
        const int Most = 1_000_000;
        var (received, carried) = (false, 0);
        Start(
            outbound: _ => received = true,
            inbound: _ =>
            {
                // Each is followed by another, until the packet that comes with the first has been received.
                if (received || ++carried == Most)
                {
                    return;
                }

                if (carried == 1)
                {
                    _host!.Inject(Rig.Packet(1));
                }

                Emit(Direction.Inbound, 0, _below);
            });
        Emit(Direction.Inbound, 0, _below);
        Assert.True(_network!.Memory.WaitForSunk(1, Rig.Patience));
        Assert.InRange(carried, 1, Most - 1);
    }

    [Fact]
    public void With_nothing_to_do_it_asks_for_nothing()
    {
        Start();
        _host!.Inject(Rig.Packet(1));
        _network!.Inject(Rig.Packet(2));
        ExpectSunk(1, 1);
        Thread.Sleep(50);
        var asked = (_host.Asked, _network.Asked);
        Thread.Sleep(200);
        Assert.Equal(asked, (_host.Asked, _network.Asked));
        Assert.InRange(asked.Item1 + asked.Item2, 2, 6);
    }

    [Fact]
    public void A_reload_is_taken_up_while_nothing_comes()
    {
        Start();
        var plan = Rig.Plan(FaultPolicy.Drop, ("probe", Probe()), ("other", new ProbeOptions()));
        Assert.Equal(ReloadOutcome.Swapped, _pipeline!.Reload(plan).Outcome);
        _host!.Inject(Rig.Packet(5));
        ExpectSunk(1, 0);
    }

    [Fact]
    public void Closing_carries_what_was_emitted_before()
    {
        Start();
        for (var i = 0; i < 100; i++)
        {
            Emit(Direction.Outbound, i);
            Emit(Direction.Inbound, i);
        }

        _pipeline!.Dispose();
        Assert.Equal((100L, 100L), (_network!.Memory.Sunk, _host!.Memory.Sunk));
        Emit(Direction.Outbound, 1); // Too late, and harmless.
    }

    [Fact]
    public async Task An_end_that_is_lost_closes_the_pipeline()
    {
        Start();
        Assert.True(_network!.Memory.Inject(Rig.Packet(1)));
        _network.Memory.Lose("the cable is cut");
        _network.Inject();
        var exit = await _pipeline!.Completion.WaitAsync(Rig.Patience);
        Assert.Contains("the cable is cut", exit.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => _pipeline?.Dispose();

    private void Start(PipelineOptions? options = null, Action<PacketBatch>? outbound = null, Action<PacketBatch>? inbound = null)
    {
        var plan = Rig.Plan(
            FaultPolicy.Drop, ("probe", Probe(outbound, inbound)), ("below", new ProbeOptions { Constructed = context => _below = context }));
        _host = new PollableEnd(new MemoryEndpoint(plan.Stages[0].Shape, queue: 20_000));
        _network = new PollableEnd(new MemoryEndpoint(plan.Stages[^1].Shape, queue: 20_000));
        _pipeline = Pipeline.Start(plan, (options ?? new PipelineOptions()) with { HostEnd = _ => _host, NetworkEnd = _ => _network });
    }

    private ProbeOptions Probe(Action<PacketBatch>? outbound = null, Action<PacketBatch>? inbound = null) => new()
    {
        Constructed = context => _context = context,
        Outbound = (_, batch) =>
        {
            _threads.Add(Environment.CurrentManagedThreadId);
            outbound?.Invoke(batch);
        },
        Inbound = (_, batch) =>
        {
            _threads.Add(Environment.CurrentManagedThreadId);
            inbound?.Invoke(batch);
        },
    };

    private void Emit(Direction direction, int number, IStageContext? emitter = null)
    {
        var context = emitter ?? _context!;
        PacketLease lease = default;
        Assert.True(SpinWait.SpinUntil(() => context.TryRent(8, out lease), Rig.Patience));
        Rig.Packet(number).CopyTo(lease.Data);
        context.Emit(direction, lease);
    }

    private void ExpectSunk(long network, long host)
    {
        Assert.True(_network!.Memory.WaitForSunk(network, Rig.Patience), $"{_network.Memory.Sunk} of {network} reached the network");
        Assert.True(_host!.Memory.WaitForSunk(host, Rig.Patience), $"{_host.Memory.Sunk} of {host} reached the host");
    }
}
