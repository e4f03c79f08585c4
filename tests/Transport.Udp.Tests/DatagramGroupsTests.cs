using System.Globalization;
using System.Net;
using CsCheck;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;

namespace Transport.Udp.Tests;

public sealed class DatagramGroupsTests
{
    private static readonly DatagramEndpoint _a = DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:1"));
    private static readonly DatagramEndpoint _b = DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:2"));

    private static readonly Gen<Datagram[]> _waiting =
        Gen.Select(Gen.OneOf(Gen.Const(1400), Gen.Const(700), Gen.Int[0, 65_507]), Gen.OneOf(Gen.Const(_a), Gen.Const(_b)),
            (length, endpoint) => new Datagram(length, endpoint)).Array[1, 200];

    [Theory]
    [InlineData("equal ones", "100a 100a 100a", 64, "3")]
    [InlineData("a shorter one ends the group", "100a 100a 40a 40a", 64, "3 1")]
    [InlineData("a longer one begins another", "100a 200a 200a", 64, "1 2")]
    [InlineData("another port", "100a 100b 100a", 64, "1 1 1")]
    [InlineData("an empty one goes alone", "100a 0a 100a", 64, "1 1 1")]
    [InlineData("empty ones", "0a 0a", 64, "1 1")]
    [InlineData("grouping off", "100a 100a", 1, "1 1")]
    [InlineData("the segment limit", "1a 1a 1a 1a 1a", 2, "2 2 1")]
    [InlineData("the byte limit", "30000a 30000a 30000a", 64, "2 1")]
    [InlineData("exactly the byte limit", "60000a 5507a 1a", 64, "2 1")]
    [InlineData("one over the byte limit", "60000a 5508a", 64, "1 1")]
    public void Cases(string name, string waiting, int maxSegments, string groups)
    {
        Assert.NotEmpty(name);
        var datagrams = waiting.Split(' ')
            .Select(text => new Datagram(int.Parse(text[..^1], CultureInfo.InvariantCulture), text[^1] == 'a' ? _a : _b)).ToArray();

        Assert.Equal(groups, string.Join(' ', Split(datagrams, maxSegments).Select(group => group.Length)));
    }

    [Fact]
    public void WhatAReceiverCutsApartIsWhatWasSent() => _waiting.Sample(waiting =>
    {
        foreach (var group in Split(waiting, 64))
        {
            var bytes = group.Sum(one => one.Length);
            Assert.InRange(group.Length, 1, 64);
            Assert.InRange(bytes, 0, DatagramGroups.MaxBytes);
            Assert.All(group, one => Assert.Equal(group[0].Endpoint, one.Endpoint));
            // What the kernel does with UDP_SEGMENT: equal pieces, and the rest.
            var pieces = group.Length == 1 ? [bytes] : Cut(bytes, group[0].Length);
            Assert.Equal(group.Select(one => one.Length), pieces);
        }
    });

    [Fact]
    public void NoNeighbourIsLeftOutWithoutAReason() => _waiting.Sample(waiting =>
    {
        var groups = Split(waiting, 64).ToList();
        foreach (var (group, next) in groups.Zip(groups.Skip(1)))
        {
            var couldJoin = next[0].Endpoint == group[0].Endpoint && next[0].Length > 0 && next[0].Length <= group[0].Length
                && group[^1].Length == group[0].Length && group.Length < 64
                && group.Sum(one => one.Length) + next[0].Length <= DatagramGroups.MaxBytes;
            Assert.False(couldJoin);
        }
    });

    private static IEnumerable<Datagram[]> Split(Datagram[] waiting, int maxSegments)
    {
        for (var first = 0; first < waiting.Length;)
        {
            var taken = DatagramGroups.TakeFirst(waiting.AsSpan(first), maxSegments);
            yield return waiting[first..(first + taken)];
            first += taken;
        }
    }

    private static IEnumerable<int> Cut(int bytes, int segment)
    {
        for (; bytes > 0; bytes -= segment)
        {
            yield return Math.Min(bytes, segment);
        }
    }
}
