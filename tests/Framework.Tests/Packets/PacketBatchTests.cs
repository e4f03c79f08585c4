using Culvert.Counters;
using Culvert.Packets;

namespace Framework.Tests.Packets;

public sealed class PacketBatchTests
{
    private static readonly PacketRoom Room = new(Headroom: 32, Size: 1500, Tailroom: 48);

    private readonly PacketPool _pool = new(Room, capacity: 4, TimeProvider.System);
    private readonly PacketBatch _batch;
    private readonly DropReason _reason = new CounterSet().DropReason("test-drop", "Packets that a test dropped.");

    public PacketBatchTests() => _batch = new PacketBatch(capacity: 8, Room, _pool, Direction.Outbound);

    [Fact]
    public void A_packet_keeps_its_bytes_through_prepend_append_and_trim()
    {
        var packet = AddFilled(100, 0xAB);
        packet.Prepend(16).Fill(1);
        packet.Append(16).Fill(2);
        Assert.Equal(132, packet.Length);
        packet.TrimStart(16);
        packet.TrimEnd(16);
        Assert.Equal(100, packet.Length);
        Assert.All(packet.Data.ToArray(), value => Assert.Equal(0xAB, value));
    }

    [Fact]
    public void The_planned_room_is_there_to_the_last_byte_and_no_further()
    {
        AddFilled(1500, 7);
        Assert.Equal(32, _batch[0].Headroom);
        Assert.Equal(48, _batch[0].Tailroom);
        _batch[0].Prepend(32);
        _batch[0].Append(48);
        Assert.Contains("StageShape.Headroom", Assert.Throws<InvalidOperationException>(() => _batch[0].Prepend(1)).Message);
        Assert.Contains("StageShape.Tailroom", Assert.Throws<InvalidOperationException>(() => _batch[0].Append(1)).Message);
    }

    [Fact]
    public void Slots_do_not_overlap_even_when_every_packet_uses_all_its_room()
    {
        for (var i = 0; i < _batch.Capacity; i++)
        {
            var packet = _batch.Add(1500);
            packet.Prepend(32);
            packet.Append(48);
            packet.Data.Fill((byte)i);
        }

        for (var i = 0; i < _batch.Capacity; i++)
        {
            Assert.Equal(-1, _batch[i].Data.IndexOfAnyExcept((byte)i));
        }
    }

    [Fact]
    public void A_dropped_packet_is_counted_once_and_passed_over()
    {
        for (byte i = 0; i < 4; i++)
        {
            AddFilled(10, i);
        }

        _batch[1].Drop(_reason);
        _batch[1].Drop(_reason);
        Assert.Equal(1, _reason.Value);
        Assert.Equal([0, 2, 3], FirstBytes());
        Assert.Equal(1, _batch.Compact());
        Assert.Equal(3, _batch.Count);
        Assert.Equal([0, 2, 3], FirstBytes());
    }

    [Fact]
    public void A_stage_can_neither_add_nor_remove_packets_nor_set_the_time()
    {
        var type = typeof(PacketBatch);
        Assert.Empty(type.GetConstructors());
        Assert.DoesNotContain(type.GetProperties(), property => property.SetMethod is { IsPublic: true });
        Assert.Equal(
            ["GetEnumerator", "get_Capacity", "get_Count", "get_Direction", "get_IsEmpty", "get_Item", "get_Timestamp"],
            type.GetMethods().Where(method => method.DeclaringType == type).Select(method => method.Name).Order(StringComparer.Ordinal));
        Assert.Empty(typeof(PacketFiller).GetConstructors());
    }

    [Fact]
    public void What_an_endpoint_refuses_is_counted_with_the_batch()
    {
        var filler = new PacketFiller(_batch);
        filler.Add(10);
        filler.Refuse(_reason, 3);
        filler.Refuse(_reason);
        Assert.Equal((1, 4, 4), (_batch.Count, _batch.RefusedCount, _reason.Value));
        _batch.Clear();
        Assert.Equal(0, _batch.RefusedCount);
    }

    [Fact]
    public void A_full_batch_refuses_more()
    {
        for (var i = 0; i < _batch.Capacity; i++)
        {
            AddFilled(10, 0);
        }

        Assert.True(new PacketFiller(_batch).IsFull);
        Assert.Throws<InvalidOperationException>(() => _batch.Add(10));
    }

    [Fact]
    public void What_was_received_into_free_slots_is_what_Add_finds()
    {
        _batch.FreeSlot(0).Fill(1);
        _batch.FreeSlot(1).Fill(2);
        _batch.Add(20);
        _batch.Add(30);
        Assert.Equal([1, 2], FirstBytes());
        Assert.Equal(30, _batch[1].Length);
    }

    [Fact]
    public void A_foreign_packet_stays_inside_its_own_bounds()
    {
        var memory = GC.AllocateArray<byte>(100, pinned: true);
        var packet = _batch.AddForeign(memory, floor: 10, start: 20, length: 30, ceiling: 60);
        Assert.Equal(10, packet.Headroom);
        Assert.Equal(10, packet.Tailroom);
        packet.Data.Fill(9);
        Assert.Equal(30, memory.Count(value => value == 9));
        Assert.Throws<ArgumentException>(() => _batch.AddForeign(memory, 10, 5, 30, 60));
        Assert.Throws<ArgumentException>(() => _batch.AddForeign(memory, 0, 0, 101, 101));
    }

    [Fact]
    public void A_taken_packet_outlives_the_batch_and_keeps_its_endpoint()
    {
        var endpoint = DatagramEndpoint.FromBytes([192, 0, 2, 1], 51820);
        AddFilled(40, 3).Endpoint = endpoint;
        Assert.True(_batch[0].TryTake(out var lease));
        Assert.True(_batch.IsEmpty);
        _batch.Clear();
        AddFilled(40, 4);
        Assert.All(lease.Data.ToArray(), value => Assert.Equal(3, value));
        Assert.Equal(endpoint, lease.Endpoint);
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lease.Length);
        Assert.Equal(0, _pool.InUse);
    }

    [Fact]
    public void An_empty_pool_leaves_the_packet_in_the_batch()
    {
        var leases = new List<PacketLease>();
        while (_pool.TryRent(null, 1, out var lease))
        {
            leases.Add(lease);
        }

        Assert.Equal(_pool.Capacity, leases.Count);
        AddFilled(10, 0);
        Assert.False(_batch[0].TryTake(out _));
        Assert.False(_batch[0].IsDropped);
        leases.ForEach(lease => lease.Dispose());
        leases[0].Dispose();
        Assert.Equal(0, _pool.InUse);
    }

    [Fact]
    public void Filling_walking_dropping_and_clearing_allocates_nothing()
    {
        Cycle();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Cycle();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Cycle()
        {
            _batch.Clear();
            _batch.Add(10);
            _batch.Add(20);
            foreach (var packet in _batch)
            {
                packet.Drop(_reason);
            }

            _batch.Compact();
            if (_pool.TryRent(null, 10, out var lease))
            {
                lease.Dispose();
            }
        }
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(2048 - 80)]
    [InlineData(9001)]
    [InlineData(65535)]
    public void The_stride_is_an_odd_number_of_cache_lines(int size)
    {
        var stride = new PacketRoom(32, size, 48).Stride;
        Assert.True(stride >= size + 80);
        Assert.Equal(1, stride / 64 % 2);
        Assert.Equal(0, stride % 64);
    }

    private Packet AddFilled(int length, byte value)
    {
        var packet = _batch.Add(length);
        packet.Data.Fill(value);
        return packet;
    }

    private List<byte> FirstBytes()
    {
        var found = new List<byte>();
        foreach (var packet in _batch)
        {
            found.Add(packet.Data[0]);
        }

        return found;
    }
}
