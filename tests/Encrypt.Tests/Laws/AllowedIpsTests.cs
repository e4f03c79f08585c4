using System.Buffers.Binary;
using System.Net;
using Culvert.Plugins.Encrypt.WireGuard.Routing;

namespace Encrypt.Tests.Laws;

/// <summary>The search in ranges against its slow and obvious twin: the longest of all prefixes that contain the address.</summary>
public sealed class AllowedIpsTests
{
    [Fact]
    public void The_longest_prefix_decides()
    {
        var table = Table(("0.0.0.0/0", "default"), ("10.0.0.0/8", "a"), ("10.1.0.0/16", "b"), ("10.1.2.3/32", "c"), ("255.255.255.255/32", "last"),
            ("::/0", "default6"), ("fd00::/8", "d"), ("fd00:1::/32", "e"));

        Assert.Equal("default", Lookup(table, "0.0.0.0"));
        Assert.Equal("default", Lookup(table, "9.255.255.255"));
        Assert.Equal("a", Lookup(table, "10.0.0.0"));
        Assert.Equal("b", Lookup(table, "10.1.2.2"));
        Assert.Equal("c", Lookup(table, "10.1.2.3"));
        Assert.Equal("b", Lookup(table, "10.1.2.4"));
        Assert.Equal("a", Lookup(table, "10.255.255.255"));
        Assert.Equal("default", Lookup(table, "11.0.0.0"));
        Assert.Equal("last", Lookup(table, "255.255.255.255"));
        Assert.Equal("default6", Lookup(table, "::"));
        Assert.Equal("e", Lookup(table, "fd00:1:ffff::1"));
        Assert.Equal("d", Lookup(table, "fd00:2::1"));
        Assert.Equal("default6", Lookup(table, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    }

    [Fact]
    public void Nothing_covers_an_address_of_an_empty_table() => Assert.Null(Lookup(Table(), "10.0.0.1"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(300)]
    public void Ipv4_agrees_with_the_twin(int count)
    {
        var random = new Random(count);
        for (var round = 0; round < Math.Max(3, 60 / count); round++)
        {
            var spread = random.Next(3) switch { 0 => 0u, 1 => 0xFF00_0000u, _ => 0xFFFF_F000u };
            var prefixes = Enumerable.Range(0, count).Select(_ => RandomPrefix(random, spread)).DistinctBy(p => p.Prefix).ToArray();
            var table = new AllowedIps<string>(prefixes);
            foreach (var address in Probes(prefixes, random, spread))
            {
                Assert.Equal(Twin(prefixes, address), table.Lookup(BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(300)]
    public void Ipv6_agrees_with_the_twin(int count)
    {
        var random = new Random(count);
        for (var round = 0; round < Math.Max(3, 60 / count); round++)
        {
            var prefixes = Enumerable.Range(0, count).Select(_ => RandomPrefix6(random)).DistinctBy(p => p.Prefix).ToArray();
            var table = new AllowedIps<string>(prefixes);
            foreach (var (prefix, _) in prefixes)
            {
                var bytes = prefix.BaseAddress.GetAddressBytes();
                Check(bytes);
                bytes[random.Next(16)] ^= (byte)(1 << random.Next(8));
                Check(bytes);
            }

            void Check(byte[] bytes) =>
                Assert.Equal(Twin(prefixes, new IPAddress(bytes)), table.Lookup(BinaryPrimitives.ReadUInt128BigEndian(bytes)));
        }
    }

    [Fact]
    public void A_hundred_thousand_prefixes_agree_with_the_twin_at_some_addresses()
    {
        var random = new Random(7);
        var prefixes = Enumerable.Range(0, 100_000).Select(_ => RandomPrefix(random, 0)).DistinctBy(p => p.Prefix).ToArray();
        var table = new AllowedIps<string>(prefixes);

        for (var i = 0; i < 50; i++)
        {
            var address = RandomAddress(random, 0);
            Assert.Equal(Twin(prefixes, address), table.Lookup(BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())));
        }
    }

    private static AllowedIps<string> Table(params (string Prefix, string Value)[] prefixes) =>
        new([.. prefixes.Select(entry => (IPNetwork.Parse(entry.Prefix), entry.Value))]);

    private static string? Lookup(AllowedIps<string> table, string text)
    {
        var bytes = IPAddress.Parse(text).GetAddressBytes();
        return bytes.Length == 4
            ? table.Lookup(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : table.Lookup(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    private static string? Twin((IPNetwork Prefix, string Value)[] prefixes, IPAddress address) =>
        prefixes.Where(entry => entry.Prefix.Contains(address)).OrderBy(entry => entry.Prefix.PrefixLength).LastOrDefault().Value;

    private static (IPNetwork Prefix, string Value) RandomPrefix(Random random, uint common)
    {
        var length = random.Next(8) switch { 0 => random.Next(33), < 3 => 32, _ => random.Next(16, 33) };
        var mask = length == 0 ? 0 : uint.MaxValue << (32 - length);
        return (new IPNetwork(ToAddress(BinaryPrimitives.ReadUInt32BigEndian(RandomAddress(random, common).GetAddressBytes()) & mask), length),
            $"peer {random.Next(1000)}");
    }

    private static (IPNetwork Prefix, string Value) RandomPrefix6(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes.AsSpan(random.Next(2) == 0 ? 0 : 6));
        var length = random.Next(129);
        var mask = length == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, BinaryPrimitives.ReadUInt128BigEndian(bytes) & mask);
        return (new IPNetwork(new IPAddress(bytes), length), $"peer {random.Next(1000)}");
    }

    private static IEnumerable<IPAddress> Probes((IPNetwork Prefix, string Value)[] prefixes, Random random, uint common)
    {
        foreach (var (prefix, _) in prefixes)
        {
            var first = BinaryPrimitives.ReadUInt32BigEndian(prefix.BaseAddress.GetAddressBytes());
            var last = prefix.PrefixLength == 0 ? uint.MaxValue : first | (uint)(0xFFFF_FFFFUL >> prefix.PrefixLength);
            foreach (var probe in new[] { first, first - 1, last, last + 1, first + ((last - first) / 2) })
            {
                yield return ToAddress(probe);
            }
        }

        for (var i = 0; i < 20; i++)
        {
            yield return RandomAddress(random, common);
        }
    }

    private static IPAddress RandomAddress(Random random, uint common) =>
        ToAddress(((uint)random.NextInt64(1L << 32) & ~common) | (0x0A63_6363 & common));

    private static IPAddress ToAddress(uint address)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes);
    }
}
