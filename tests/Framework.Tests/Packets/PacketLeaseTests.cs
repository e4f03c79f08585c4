using Culvert.Counters;
using Culvert.Packets;

namespace Framework.Tests.Packets;

public sealed class PacketLeaseTests
{
    private static readonly PacketRoom Room = new(Headroom: 32, Size: 1500, Tailroom: 48);

    private readonly CounterSet _counters = new();
    private readonly PacketPool _pool = new(Room, capacity: 4, TimeProvider.System);
    private readonly PacketHolder _holder;
    private readonly DropReason _reason;

    public PacketLeaseTests()
    {
        _holder = new PacketHolder("stage", _counters);
        _reason = _counters.DropReason("test-drop", "Packets that a test dropped.");
    }

    [Fact]
    public void After_Emit_every_use_throws_at_the_culprit_and_Dispose_does_nothing()
    {
        var lease = Rent();
        var copy = lease;
        var packet = lease.Emit();
        Assert.False(lease.IsHeld);
        Assert.Throws<ObjectDisposedException>(() => lease.Data.Length);
        Assert.Throws<ObjectDisposedException>(() => lease.Prepend(1).Length);
        Assert.Throws<ObjectDisposedException>(() => copy.Endpoint);
        Assert.Throws<ObjectDisposedException>(() => lease.Emit());
        Assert.Throws<ObjectDisposedException>(() => copy.Drop(_reason));
        lease.Dispose();
        copy.Dispose();
        Assert.Equal(1, _pool.InUse);
        packet.Return();
        Assert.Equal((0, 0), (_pool.InUse, _holder.Held));
    }

    [Fact]
    public void A_lease_of_a_slot_that_was_rented_again_owns_nothing()
    {
        var old = Rent();
        old.Dispose();
        var current = Rent();
        current.Data.Fill(7);
        Assert.Throws<ObjectDisposedException>(() => old.Data.Length);
        Assert.Throws<ObjectDisposedException>(() => old.Emit());
        old.Dispose();
        Assert.True(current.IsHeld);
        Assert.Equal(7, current.Data[0]);
        current.Dispose();
        Assert.Equal(0, _pool.InUse);
    }

    [Fact]
    public void Of_two_threads_that_emit_one_lease_one_succeeds()
    {
        const int rounds = 20_000;
        using var meet = new Barrier(2);
        PacketLease lease = default;
        var emitted = 0;
        void Race(bool rents)
        {
            for (var round = 0; round < rounds; round++)
            {
                if (rents)
                {
                    lease = Rent();
                }

                meet.SignalAndWait();
                try
                {
                    var packet = lease.Emit();
                    Interlocked.Increment(ref emitted);
                    meet.SignalAndWait();
                    packet.Return();
                }
                catch (ObjectDisposedException)
                {
                    meet.SignalAndWait();
                }

                meet.SignalAndWait();
            }
        }

        var other = new Thread(() => Race(rents: false)) { IsBackground = true };
        other.Start();
        Race(rents: true);
        other.Join();
        Assert.Equal((rounds, 0), (emitted, _pool.InUse));
    }

    [Fact]
    public void The_default_lease_owns_nothing()
    {
        PacketLease lease = default;
        lease.Dispose();
        Assert.False(lease.IsHeld);
        Assert.Throws<ObjectDisposedException>(() => lease.Length);
    }

    [Fact]
    public void A_taken_packet_keeps_its_endpoint_and_its_traffic_class()
    {
        var batch = new PacketBatch(4, Room, _pool, Direction.Inbound) { Holder = _holder };
        var packet = batch.Add(40);
        packet.Endpoint = DatagramEndpoint.FromBytes([192, 0, 2, 1], 51820).WithLocal([192, 0, 2, 9], interfaceIndex: 3);
        packet.TrafficClass = 0xB9;
        Assert.True(packet.TryTake(out var lease));
        Assert.Equal((batch[0].Endpoint, 0xB9), (lease.Endpoint, lease.TrafficClass));
        Assert.Equal((3u, 51820), (lease.Endpoint.InterfaceIndex, lease.Endpoint.Port));
        batch.Clear();
        var emitted = batch.AddEmitted(lease.Emit());
        Assert.Equal((0xB9, 3u), (emitted.TrafficClass, emitted.Endpoint.InterfaceIndex));
        batch.Clear();
        Assert.Equal((0, true), (batch.Add(1).TrafficClass, batch[0].Endpoint.IsNone));
    }

    [Fact]
    public void The_account_of_a_stage_adds_up()
    {
        var batch = new PacketBatch(8, Room, _pool, Direction.Outbound) { Holder = _holder };
        for (var i = 0; i < 3; i++)
        {
            batch.Add(10);
        }

        Assert.True(batch[0].TryTake(out var dropped) & batch[1].TryTake(out var discarded) & batch[2].TryTake(out var emitted));
        var released = Rent();
        Assert.Equal(4, _holder.Held);
        dropped.Drop(_reason);
        discarded.Dispose();
        released.Dispose();
        emitted.Emit().Return();
        Assert.Equal((0, 1, 1), (_holder.Held, _holder.Rented, _holder.Released));
        Assert.Equal((1, 1), (_holder.Dropped(Direction.Outbound), _holder.Discarded(Direction.Outbound)));
        Assert.Equal(["test-drop: 1 packets", "discarded{direction=outbound}: 1 packets"], _counters.All.Select(counter => counter.ToString()));
    }

    [Fact]
    public void What_a_stage_leaks_is_named_and_can_be_taken_back()
    {
        var other = new PacketHolder("other", new CounterSet());
        var leaked = Rent();
        Rent();
        Assert.True(_pool.TryRent(other, 10, out var kept));
        Assert.Equal([("stage", 2), ("other", 1)], _pool.Holders().Select(holder => (holder.Id, holder.Packets)));
        Assert.Equal(2, _pool.Reclaim(_holder));
        Assert.Equal((1, 0), (_pool.InUse, _holder.Held));
        Assert.Throws<ObjectDisposedException>(() => leaked.Data.Length);
        Assert.True(kept.IsHeld);
    }

    [Fact]
    public void An_empty_pool_is_reported()
    {
        var asked = 0;
        _pool.OnEmpty = () => asked++;
        for (var i = 0; i < _pool.Capacity; i++)
        {
            Rent();
        }

        Assert.Equal(0, asked);
        Assert.False(_pool.TryRent(_holder, 10, out var none));
        Assert.Equal((1, false), (asked, none.IsHeld));
        Assert.False(_pool.TryRent(_holder, Room.Size + 1, out _));
        Assert.Equal(1, asked);
    }

    private PacketLease Rent()
    {
        Assert.True(_pool.TryRent(_holder, 100, out var lease));
        return lease;
    }
}
