using System.Buffers.Binary;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>RFC 1071 and RFC 1624: their vectors, the report's packets, and a slow obvious twin over every length and offset.</summary>
public sealed class InternetChecksumTests
{
    [Fact(DisplayName = "RFC 1071 §3: 0001 f203 f4f5 f6f7 add up to ddf2")]
    public void Rfc1071Example()
    {
        byte[] data = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        Assert.Equal(0xddf2, InternetChecksum.Fold(InternetChecksum.Sum(data)));
        Assert.Equal(0xffff - 0xddf2, InternetChecksum.Compute(data));
    }

    [Fact(DisplayName = "A4: RFC 1624 §4: HC=DD2F, m=5555, m'=3285 gives 0000, not ffff")]
    public void Rfc1624Example() => Assert.Equal(0x0000, InternetChecksum.Update16(0xDD2F, 0x5555, 0x3285));

    [Fact(DisplayName = "A5: RFC 1624 errata 4782: an unchanged word leaves the checksum untouched")]
    public void UnchangedWordLeavesTheChecksum()
    {
        for (var checksum = 0; checksum <= ushort.MaxValue; checksum++)
        {
            Assert.Equal(checksum, InternetChecksum.Update16((ushort)checksum, 0x2301, 0x2301));
            Assert.Equal(checksum, InternetChecksum.Update16Odd((ushort)checksum, 0x2301, 0x2301));
        }
    }

    [Fact(DisplayName = "A1: the report's packet, 8961 → 1405: e771 → 04f6")]
    public void OriginUpdate() => Assert.Equal(0x04f6, InternetChecksum.Update16(0xe771, 8961, 1405));

    [Fact(DisplayName = "A2: the same 500 timestamp ticks later: e57d → 0302")]
    public void OriginUpdateOfTheRetransmission() => Assert.Equal(0x0302, InternetChecksum.Update16(0xe57d, 8961, 1405));

    [Fact(DisplayName = "A7: an odd offset counts byte-swapped: 7810 → dc10 for 1460 → 1360")]
    public void OddOffsetUpdate()
    {
        Assert.Equal(0xdc10, InternetChecksum.Update16Odd(0x7810, 1460, 1360));
        Assert.Equal(0xdc10, InternetChecksum.Update16(0x7810, 1460, 1360, offset: 25));
        Assert.NotEqual(0xdc10, InternetChecksum.Update16(0x7810, 1460, 1360, offset: 24));
    }

    [Theory(DisplayName = "The report's packets: the value found and the value wanted")]
    [InlineData(OriginPackets.In, 0xe771, 0xe771)]
    [InlineData(OriginPackets.Out1, 0x0301, 0x0302)]
    [InlineData(OriginPackets.Out2, 0x0300, 0x0301)]
    [InlineData(OriginPackets.Out3, 0xff16, 0xff16)]
    [InlineData(OriginPackets.Ipv6Syn, 0xfb09, 0xfb09)]
    [InlineData(OriginPackets.OddSyn, 0x7810, 0x7810)]
    public void PacketChecksums(string hex, int found, int wanted)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.True(IpView.TryParse(bytes, out var packet));
        Assert.True(packet.IsTransportWhole);
        Assert.True(TcpView.TryParse(packet.Transport, out var tcp));
        var pseudo = packet.PseudoHeaderSum();
        Assert.Equal(found, tcp.Checksum);
        Assert.Equal(wanted, tcp.ComputeChecksum(pseudo));
        Assert.Equal(found == wanted, tcp.IsChecksumValid(pseudo));
    }

    [Fact]
    public void SumEqualsTheSlowTwinForEveryLengthAndStart()
    {
        var data = new byte[9001 + 40];
        new Random(1071).NextBytes(data);
        for (var start = 0; start < 40; start += start < 9 ? 1 : 7)
        {
            uint expected = 0;
            for (var length = 0; length <= 9001; length++)
            {
                var actual = InternetChecksum.Fold(InternetChecksum.Sum(data.AsSpan(start, length)));
                if (actual != SlowFold(expected))
                {
                    Assert.Fail($"start {start}, length {length}: {actual:x4}, wanted {SlowFold(expected):x4}");
                }

                expected += (length & 1) == 0 ? (uint)data[start + length] << 8 : data[start + length];
            }
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xff)]
    public void SumEqualsTheSlowTwinAtTheExtremes(byte fill)
    {
        var data = new byte[200_001];
        data.AsSpan().Fill(fill);
        for (var length = data.Length - 70; length <= data.Length; length++)
        {
            Assert.Equal(SlowSum(data.AsSpan(0, length)), InternetChecksum.Fold(InternetChecksum.Sum(data.AsSpan(0, length))));
        }
    }

    [Fact]
    public void SumGoesOnOverPieces()
    {
        var data = new byte[777];
        new Random(2).NextBytes(data);
        for (var cut = 0; cut < data.Length; cut += 2)
        {
            var pieces = InternetChecksum.Sum(data.AsSpan(cut), InternetChecksum.Sum(data.AsSpan(0, cut)));
            Assert.Equal(SlowSum(data), InternetChecksum.Fold(pieces));
        }
    }

    [Theory(DisplayName = "A3: over every checksum the update equals a full recompute")]
    [InlineData(8961, 1405)]
    [InlineData(1460, 1360)]
    [InlineData(65535, 536)]
    [InlineData(1405, 8961)]
    [InlineData(0, 65535)]
    [InlineData(65535, 0)]
    [InlineData(256, 1)]
    public void UpdateEqualsRecomputeOverEveryChecksum(int old, int value)
    {
        // Six bytes: the changing value lies at 0 (even) or 1 (odd), and the last word runs through all values, so that the
        // checksum does as well. The byte that the value does not use keeps the sum from being nothing but zeros.
        Span<byte> data = stackalloc byte[6];
        for (var offset = 0; offset <= 1; offset++)
        {
            for (var word = 0; word <= ushort.MaxValue; word++)
            {
                data.Fill(0x5a);
                BinaryPrimitives.WriteUInt16BigEndian(data[4..], (ushort)word);
                BinaryPrimitives.WriteUInt16BigEndian(data[offset..], (ushort)old);
                var before = SlowChecksum(data);
                BinaryPrimitives.WriteUInt16BigEndian(data[offset..], (ushort)value);
                var wanted = SlowChecksum(data);
                var updated = InternetChecksum.Update16(before, (ushort)old, (ushort)value, offset);
                if (updated != wanted)
                {
                    Assert.Fail($"offset {offset}, {before:x4}: {updated:x4}, wanted {wanted:x4}");
                }
            }
        }
    }

    [Fact(DisplayName = "A8: a checksum that is wrong stays wrong by the same amount")]
    public void UpdateKeepsTheError()
    {
        var random = new Random(8);
        for (var i = 0; i < 100_000; i++)
        {
            var (right, error) = ((ushort)random.Next(65536), (ushort)random.Next(1, 65535));
            var (old, value) = ((ushort)random.Next(65536), (ushort)random.Next(65536));
            var wrong = InternetChecksum.Fold((uint)right + error);
            var after = InternetChecksum.Fold((uint)InternetChecksum.Update16(right, old, value) + error);
            Assert.Equal(after % 65535, InternetChecksum.Update16(wrong, old, value) % 65535);
        }
    }

    [Fact]
    public void UpdateOfARunEqualsRecompute()
    {
        var random = new Random(1624);
        var data = new byte[64];
        var changed = new byte[64];
        for (var i = 0; i < 50_000; i++)
        {
            random.NextBytes(data);
            data.CopyTo(changed, 0);
            var offset = random.Next(40);
            var length = random.Next(24);
            random.NextBytes(changed.AsSpan(offset, length));
            if (random.Next(4) == 0)
            {
                // Both zeros of one's complement on either side of the change.
                data.AsSpan(offset, length).Fill((byte)(random.Next(2) * 255));
                changed.AsSpan(offset, length).Fill((byte)(random.Next(2) * 255));
            }

            var updated = InternetChecksum.Update(
                SlowChecksum(data), data.AsSpan(offset, length), changed.AsSpan(offset, length), offset);
            Assert.Equal(SlowChecksum(changed), updated);
        }
    }

    [Fact]
    public void UpdateRefusesRunsOfDifferentLength() =>
        Assert.Throws<ArgumentException>(() => InternetChecksum.Update(0, new byte[2], new byte[3]));

    [Fact(DisplayName = "A6: a computed UDP 0 is sent as ffff; anything else stays")]
    public void UdpZeroRule()
    {
        Assert.Equal(0xffff, InternetChecksum.ToUdp(0));
        Assert.Equal(0x0001, InternetChecksum.ToUdp(1));
        Assert.Equal(0xffff, InternetChecksum.ToUdp(0xffff));
    }

    [Fact]
    public void ComputeWithoutIgnoresWhatTheFieldHolds()
    {
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var data = new byte[random.Next(2, 80)];
            if (random.Next(8) != 0)
            {
                random.NextBytes(data);
            }

            var field = random.Next((data.Length / 2)) * 2;
            var blank = (byte[])data.Clone();
            blank[field] = blank[field + 1] = 0;
            Assert.Equal(SlowChecksum(blank), InternetChecksum.ComputeWithout(data, field));
        }
    }

    [Fact]
    public void PseudoHeaderEqualsItsBytes()
    {
        byte[] v4 = [10, 80, 0, 112, 172, 18, 128, 9, 0, 6, 0, 40];
        Assert.Equal(SlowSum(v4), InternetChecksum.Fold(
            InternetChecksum.PseudoHeader(v4.AsSpan(0, 4), v4.AsSpan(4, 4), IpProtocol.Tcp, 40)));

        var v6 = new byte[40];
        new Random(6).NextBytes(v6.AsSpan(0, 32));
        BinaryPrimitives.WriteUInt32BigEndian(v6.AsSpan(32), 70_000);
        v6[39] = (byte)IpProtocol.Icmpv6;
        Assert.Equal(SlowSum(v6), InternetChecksum.Fold(
            InternetChecksum.PseudoHeader(v6.AsSpan(0, 16), v6.AsSpan(16, 16), IpProtocol.Icmpv6, 70_000)));
        Assert.Throws<ArgumentException>(() => InternetChecksum.PseudoHeader(new byte[4], new byte[16], IpProtocol.Tcp, 20));
        Assert.Throws<ArgumentException>(() => InternetChecksum.PseudoHeader(new byte[5], new byte[5], IpProtocol.Tcp, 20));
    }

    private static ushort SlowChecksum(ReadOnlySpan<byte> data) => (ushort)~SlowSum(data);

    private static ushort SlowSum(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (var i = 0; i < data.Length; i++)
        {
            sum = SlowFold(sum + ((i & 1) == 0 ? (uint)data[i] << 8 : data[i]));
        }

        return (ushort)sum;
    }

    private static ushort SlowFold(uint sum)
    {
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
