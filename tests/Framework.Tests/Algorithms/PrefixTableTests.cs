using System.Buffers.Binary;
using System.Net;
using Culvert.Algorithms;
using Culvert.Wire;

namespace Framework.Tests.Algorithms;

/// <summary>The search against its slow and obvious twin: the longest of all prefixes that contain the address.</summary>
public sealed class PrefixTableTests
{
    [Fact]
    public void The_longest_prefix_decides()
    {
        var table = Table(("0.0.0.0/0", "default"), ("10.0.0.0/8", "a"), ("10.1.0.0/16", "b"), ("10.1.2.3/32", "c"), ("255.255.255.255/32", "last"),
            ("::/0", "default6"), ("fd00::/8", "d"), ("fd00:1::/32", "e"));

        Assert.Equal(8, table.Count);
        Assert.Equal("default", Lookup(table, "0.0.0.0"));
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
    public void An_empty_table_contains_nothing()
    {
        Assert.Null(Lookup(Table(), "10.0.0.1"));
        Assert.Null(Lookup(Table(), "fd00::1"));
        Assert.Null(Table().Find(IPNetwork.Parse("0.0.0.0/0")));
        Assert.Equal(0, Table().Without(IPNetwork.Parse("10.0.0.0/8")).Count);
        Assert.Throws<ArgumentException>(() => Table().Lookup(new byte[5]));
    }

    [Fact]
    public void The_later_of_two_values_counts() =>
        Assert.Equal("second", Lookup(Table(("10.0.0.0/8", "first"), ("10.0.0.0/8", "second")), "10.0.0.1"));

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 10)]
    [InlineData(true, 300)]
    [InlineData(true, 5000)]
    [InlineData(false, 1)]
    [InlineData(false, 300)]
    [InlineData(false, 5000)]
    public void A_table_built_at_once_agrees_with_the_twin(bool ipv4, int count)
    {
        var random = new Random(count);
        for (var round = 0; round < Math.Max(2, 60 / count); round++)
        {
            var prefixes = Prefixes(random, ipv4, count).DistinctBy(entry => entry.Key).ToArray();
            var table = new PrefixTable<string>(prefixes);
            Assert.Equal(prefixes.Length, table.Count);
            Check(table, prefixes, random, probes: 200);
        }
    }

    [Theory(DisplayName = "A table changed one prefix at a time agrees with the twin, and the one before stays as it was")]
    [InlineData(true, 40, 400)]
    [InlineData(true, 4000, 1500)]
    [InlineData(false, 40, 400)]
    [InlineData(false, 4000, 1500)]
    public void A_changed_table_agrees_with_the_twin(bool ipv4, int first, int changes)
    {
        var random = new Random(first);
        var prefixes = Prefixes(random, ipv4, first).DistinctBy(entry => entry.Key).ToDictionary(entry => entry.Key, entry => entry.Value);
        var table = new PrefixTable<string>(prefixes);
        var (before, beforePrefixes) = (table, prefixes.ToArray());
        for (var change = 0; change < changes; change++)
        {
            // More leave than come, so that segments run empty; short prefixes reach into all of them.
            if (random.Next(3) == 0 || prefixes.Count == 0)
            {
                var (prefix, value) = Prefixes(random, ipv4, 1).Single();
                prefixes[prefix] = value;
                table = table.With(prefix, value);
                Assert.Equal(value, table.Find(prefix));
            }
            else
            {
                var removed = prefixes.Keys.ElementAt(random.Next(prefixes.Count));
                prefixes.Remove(removed);
                table = table.Without(removed).Without(removed);
                Assert.Null(table.Find(removed));
            }

            Assert.Equal(prefixes.Count, table.Count);
            if (change % 50 == 0)
            {
                Check(table, [.. prefixes], random, probes: 40);
            }
        }

        Check(table, [.. prefixes], random, probes: 200);
        Check(before, beforePrefixes, random, probes: 200);
    }

    [Theory(DisplayName = "Many changes at once are the same changes one by one")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(3000)]
    public void Many_changes_at_once(int count)
    {
        var random = new Random(count);
        var table = new PrefixTable<string>(Prefixes(random, ipv4: true, 2000).Concat(Prefixes(random, ipv4: false, 2000)));
        var known = Prefixes(new Random(count), ipv4: true, 2000).Select(entry => entry.Key).ToArray();
        var changes = Prefixes(random, ipv4: true, count).Concat(Prefixes(random, ipv4: false, count))
            .Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value))
            .Concat(known.Take(count / 2).Select(prefix => KeyValuePair.Create(prefix, (string?)null))).ToArray();
        var oneByOne = changes.Aggregate(table, (before, change) =>
            change.Value is { } value ? before.With(change.Key, value) : before.Without(change.Key));
        var atOnce = table.With(changes);
        Assert.Equal(oneByOne.Count, atOnce.Count);
        foreach (var (prefix, _) in changes)
        {
            Assert.Equal(oneByOne.Find(prefix), atOnce.Find(prefix));
            Assert.Equal(oneByOne.Lookup(prefix.BaseAddress.GetAddressBytes()), atOnce.Lookup(prefix.BaseAddress.GetAddressBytes()));
        }
    }

    [Fact]
    public void A_table_grown_from_nothing_and_emptied_again_agrees_with_the_twin()
    {
        var random = new Random(5);
        var prefixes = Prefixes(random, ipv4: true, 6000).DistinctBy(entry => entry.Key).ToArray();
        var table = Table();
        foreach (var (prefix, value) in prefixes)
        {
            table = table.With(prefix, value);
        }

        Check(table, prefixes, random, probes: 500);
        foreach (var (prefix, _) in prefixes)
        {
            table = table.Without(prefix);
        }

        Assert.Equal(0, table.Count);
        Check(table, [], random, probes: 20);
    }

    [Fact(DisplayName = "All 129 prefixes of one IPv6 address, among so many others that the table has segments")]
    public void Prefixes_with_one_network_address_stay_together()
    {
        var all = Enumerable.Range(0, 129).Select(length => KeyValuePair.Create(new IPNetwork(IPAddress.IPv6Any, length), $"/{length}"));
        var others = Enumerable.Range(0, 3000).Select(i => KeyValuePair.Create(new IPNetwork(new IPAddress(Bytes((UInt128)i)), 128), $"host {i}"));
        var table = new PrefixTable<string>(others.Concat(all));
        Assert.Equal("/128", Lookup(table, "::"));
        Assert.Equal("host 1", Lookup(table, "::1"));
        Assert.Equal("/116", Lookup(table, "::fff"));
        Assert.Equal("/0", Lookup(table, "8000::"));
        Assert.Equal("/1", Lookup(table.Without(IPNetwork.Parse("::/0")), "7fff::"));
        Assert.Null(Lookup(table.Without(IPNetwork.Parse("::/0")), "8000::"));
    }

    private static void Check(PrefixTable<string> table, KeyValuePair<IPNetwork, string>[] prefixes, Random random, int probes)
    {
        for (var i = 0; i < probes; i++)
        {
            var address = prefixes.Length == 0 ? IPAddress.Parse("10.0.0.1") : Probe(prefixes[random.Next(prefixes.Length)].Key, random);
            var wanted = prefixes.Where(entry => entry.Key.Contains(address)).OrderBy(entry => entry.Key.PrefixLength).LastOrDefault().Value;
            var value = IpAddressValue.From(address);
            Assert.Equal(wanted, table.Lookup(value));
            Assert.Equal(wanted, table.Lookup(address.GetAddressBytes()));
            Assert.Equal(wanted, value.IsIpv4 ? table.Lookup((uint)value.Bits) : table.Lookup(value.Bits));
        }
    }

    /// <summary>An address at or beside the edges of a prefix, or anywhere in it.</summary>
    private static IPAddress Probe(IPNetwork prefix, Random random)
    {
        var value = IpAddressValue.From(prefix.BaseAddress);
        var width = value.IsIpv4 ? 32 : 128;
        var span = (UInt128.One << (width - prefix.PrefixLength)) - 1;
        span = prefix.PrefixLength == 0 && width == 128 ? UInt128.MaxValue : span;
        var bits = random.Next(5) switch
        {
            0 => value.Bits,
            1 => value.Bits - 1,
            2 => value.Bits + span,
            3 => value.Bits + span + 1,
            _ => value.Bits + ((UInt128)(ulong)random.NextInt64() & span),
        };
        return new IPAddress(Bytes(bits)[(value.IsIpv4 ? 12 : 0)..]);
    }

    private static IEnumerable<KeyValuePair<IPNetwork, string>> Prefixes(Random random, bool ipv4, int count)
    {
        var width = ipv4 ? 32 : 128;
        var common = random.Next(3) switch { 0 => 0, 1 => 8, _ => width - 16 };
        for (var i = 0; i < count; i++)
        {
            var length = random.Next(8) switch { 0 => random.Next(width + 1), < 3 => width, _ => random.Next(width / 2, width + 1) };
            var bytes = new byte[16];
            random.NextBytes(bytes);
            var bits = (BinaryPrimitives.ReadUInt128BigEndian(bytes) >> common) | ((UInt128)0x0A << 120);
            bits = ipv4 ? bits >> 96 : bits;
            var network = IpAddressValue.Read(Bytes(bits)[(ipv4 ? 12 : 0)..]).Network(length);
            yield return KeyValuePair.Create(new IPNetwork(network.ToIPAddress(), length), $"value {random.Next(1000)}");
        }
    }

    private static byte[] Bytes(UInt128 bits)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return bytes;
    }

    private static PrefixTable<string> Table(params (string Prefix, string Value)[] prefixes) =>
        new(prefixes.Select(entry => KeyValuePair.Create(IPNetwork.Parse(entry.Prefix), entry.Value)));

    private static string? Lookup(PrefixTable<string> table, string address) => table.Lookup(IPAddress.Parse(address).GetAddressBytes());
}
