using Culvert.Plugins.Tun.Linux;
using Culvert.Testing;
using Culvert.Wire;

namespace Tun.Linux.Tests;

/// <summary>What holds for any packets, over many batches of random flows with faults strewn in. Seeded: a failure comes again.</summary>
public sealed class CoalesceLawTests
{
    private const int Batches = 400;

    [Fact]
    public void It_groups_as_the_slow_twin_does()
    {
        foreach (var packets in RandomBatches())
        {
            var coalescing = new Coalescing();
            coalescing.Sort(packets);
            Assert.Equal(Text(SlowCoalescer.Sort(packets)), Text(coalescing.Groups));
        }
    }

    [Fact]
    public void Splitting_restores_every_packet_byte_for_byte()
    {
        var coalesced = 0;
        foreach (var packets in RandomBatches())
        {
            var coalescing = new Coalescing();
            coalescing.Sort(packets);
            for (var i = 0; i < coalescing.Groups.Count; i++)
            {
                var places = coalescing.Groups[i];
                if (places.Length > 1)
                {
                    coalesced += places.Length;
                    ExpectSame(coalescing, i, [.. places.Select(place => packets[place])]);
                }
            }
        }

        Assert.True(coalesced > 1000, "The random flows coalesce too seldom to prove anything.");
    }

    [Fact]
    public void Each_packet_is_in_one_group_and_flows_keep_their_order()
    {
        foreach (var packets in RandomBatches())
        {
            var coalescing = new Coalescing();
            coalescing.Sort(packets);
            var written = coalescing.Groups.SelectMany(group => group).ToArray();
            Assert.Equal(Enumerable.Range(0, packets.Count), written.Order());
            foreach (var flow in written.GroupBy(place => Flow(packets[place])).Where(flow => flow.Key is not null))
            {
                Assert.Equal(flow.Order(), flow);
            }
        }
    }

    [Fact]
    public void A_packet_with_a_wrong_checksum_is_never_absorbed()
    {
        var wrong = 0;
        foreach (var packets in RandomBatches())
        {
            var coalescing = new Coalescing();
            coalescing.Sort(packets);
            foreach (var group in coalescing.Groups.Where(group => group.Length > 1))
            {
                Assert.All(group, place => Assert.True(SlowChecksum.Holds(packets[place])));
            }

            wrong += packets.Count(packet => Flow(packet) is not null && !SlowChecksum.Holds(packet));
        }

        Assert.True(wrong > 500, "The random flows hold too few wrong checksums to prove anything.");
    }

    [Fact]
    public void Sorting_changes_no_packet_and_allocates_nothing()
    {
        var packets = RandomBatches().First(batch => batch.Count > 50);
        var batch = new Coalescing().Fill(packets);
        var coalescer = new FlowCoalescer();
        var headers = new byte[SuperPacketHeader.MaxLength];
        var before = 0L;
        for (var round = 0; round < 20; round++)
        {
            before = round == 10 ? GC.GetAllocatedBytesForCurrentThread() : before;
            coalescer.Sort(batch, Coalescing.Everything);
            foreach (ref readonly var group in coalescer.Groups)
            {
                if (group.Count > 1)
                {
                    SuperPacketHeader.Write(group, batch[group.First].Data, out _, headers);
                }
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        for (var i = 0; i < packets.Count; i++)
        {
            Assert.True(batch[i].Data.SequenceEqual(packets[i]));
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var packets = Enumerable.Range(0, 20).Select(_ =>
            {
                var packet = new byte[random.Next(0, 120)];
                random.NextBytes(packet);
                if (packet.Length > 0)
                {
                    packet[0] = (byte)(random.Next(2) == 0 ? 0x40 | random.Next(16) : 0x60);
                }

                return packet;
            }).ToArray();
            Assert.Equal(20, new Coalescing().Sort(packets).Split(' ', '+').Length);
        }
    }

    private static void ExpectSame(Coalescing coalescing, int index, byte[][] expected)
    {
        var super = coalescing.Super(index, out var header);
        Assert.True(SuperPacket.TryParse(header, super, out var map));
        Assert.Equal(expected.Length, map.Count);
        var constantIds = coalescing.Group(index).IdentificationStep == 0;
        var written = new byte[map.LargestPacket];
        for (var i = 0; i < map.Count; i++)
        {
            var packet = written.AsSpan(0, map.Write(super, i, written));
            if (constantIds && Ipv4View.TryParse(packet, out var ipv4))
            {
                // The one thing that is not given back: ids that stood still, where they mean nothing, count up.
                ipv4.Identification = Ipv4Id(expected[i]);
                ipv4.FillHeaderChecksum();
            }

            Assert.Equal(Convert.ToHexString(expected[i]), Convert.ToHexString(packet));
        }
    }

    private static ushort Ipv4Id(byte[] packet) => Ipv4View.TryParse(packet, out var view) ? view.Identification : (ushort)0;

    private static string? Flow(byte[] packet) => FlowPacket.TryRead(packet, out var flow)
        ? $"{flow.IsTcp} {Convert.ToHexString(packet.AsSpan(flow.TransportOffset, 4))} {Convert.ToHexString(packet[0] >> 4 == 4 ? packet.AsSpan(12, 8) : packet.AsSpan(8, 32))}"
        : null;

    private static string Text(IEnumerable<IEnumerable<int>> groups) => string.Join(' ', groups.Select(group => string.Join('+', group)));

    private static IEnumerable<IReadOnlyList<byte[]>> RandomBatches()
    {
        for (var seed = 0; seed < Batches; seed++)
        {
            var random = new Random(seed);
            var flows = Enumerable.Range(0, random.Next(1, 4)).Select(port => new RandomFlow((ushort)(port + 1), random)).ToArray();
            yield return [.. Enumerable.Range(0, random.Next(2, 80)).Select(_ => flows[random.Next(flows.Length)].Next())];
        }
    }

    /// <summary>A sender that mostly sends full segments in order, and now and then something else.</summary>
    private sealed class RandomFlow(ushort port, Random random)
    {
        private readonly bool _ipv4 = random.Next(3) > 0;
        private readonly bool _tcp = random.Next(3) > 0;
        private readonly bool _dontFragment = random.Next(2) == 0;
        private readonly int _idStep = random.Next(4) == 0 ? 0 : 1;
        private readonly int _size = random.Next(1, 1400);
        private uint _sequence = (uint)random.Next();
        private ushort _id = (ushort)random.Next(65536);

        public byte[] Next()
        {
            var size = Seldom(8) ? random.Next(0, _size + 2) : _size;
            var builder = Start();
            builder = _tcp ? Tcp(builder) : builder.Udp(port, 9);
            var payload = new byte[size];
            random.NextBytes(payload);
            builder.Payload(payload);
            _sequence += (uint)size;
            _id += (ushort)_idStep;
            if (Seldom(15))
            {
                builder.ChecksumError((ushort)random.Next(1, 65535));
            }

            var packet = builder.Build();
            return Seldom(10) ? FlipHeaderBit(packet) : packet;
        }

        /// <summary>Another packet of the same place, with a header bit that is not what it was and checksums that fit.</summary>
        private byte[] FlipHeaderBit(byte[] packet)
        {
            var transport = _ipv4 ? 20 : 40;
            var protocol = _tcp ? 6 : 17;
            int[] fixedByLength = _ipv4 ? [0, 2, 3, 10, 11] : [0, 4, 5];
            int[] fixedByTransport = _tcp ? [16, 17] : [4, 5, 6, 7];
            var place = random.Next(transport + (_tcp ? 20 : 8));
            var bit = 1 << random.Next(_tcp && place == transport + 12 ? 4 : 8);
            if (fixedByLength.Contains(place) || fixedByTransport.Contains(place - transport))
            {
                return packet;
            }

            packet[place] ^= (byte)bit;
            return packet[_ipv4 ? 9 : 6] == protocol ? SlowChecksum.Fill(packet) : packet;
        }

        private PacketBuilder Start()
        {
            var builder = _ipv4 ? PacketBuilder.Ipv4().Identification(_id) : PacketBuilder.Ipv6();
            if (_ipv4 && _dontFragment)
            {
                builder.DontFragment();
            }

            return Seldom(25) ? builder.HopLimit(9) : builder;
        }

        private PacketBuilder Tcp(PacketBuilder builder)
        {
            var flags = TcpFlags.Ack | (Seldom(12) ? TcpFlags.Psh : 0) | (Seldom(40) ? TcpFlags.Fin : 0);
            _sequence += Seldom(20) ? 1u : 0;
            builder.Tcp(port, 9, flags).Sequence(_sequence, Seldom(20) ? 2u : 1);
            return Seldom(20) ? builder.Nop().Nop().Timestamps(1, 2) : builder;
        }

        private bool Seldom(int oneIn) => random.Next(oneIn) == 0;
    }
}
