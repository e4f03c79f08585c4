using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Laws;

/// <summary>What every stage must keep, and that neither direction allocates once a tunnel runs.</summary>
public sealed class StageLawTests
{
    private const int Rounds = 200;
    private const int BatchSize = 64;

    public static TheoryData<SuiteName> Suites => [.. Enum.GetValues<SuiteName>()];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Outbound_keeps_the_laws(SuiteName suite)
    {
        using var tunnel = new TunnelPair(suite).Connect();

        ConformanceLaws.CheckAll(
            tunnel.Left.Harness, [Inner.Packet("10.0.0.1", "10.0.0.2", 1300), Inner.Packet("fd00::1", "fd00::2", 1)], Direction.Outbound);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Inbound_allocates_nothing(SuiteName suite)
    {
        using var tunnel = new TunnelPair(suite).Connect();
        var inner = Enumerable.Repeat(Inner.Packet("10.0.0.1", "10.0.0.2", 1300), BatchSize).ToArray();
        var batches = Enumerable.Range(0, 2 * Rounds).Select(_ => Batch(tunnel, inner)).ToArray();
        for (var i = 0; i < Rounds; i++)
        {
            tunnel.Right.Harness.Call(batches[i]);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = Rounds; i < batches.Length; i++)
        {
            tunnel.Right.Harness.Call(batches[i]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1 + (2 * Rounds * BatchSize), tunnel.Right.Context.Count("opened"));
    }

    private static PacketBatch Batch(TunnelPair tunnel, byte[][] inner) => tunnel.Right.Harness.Fill(
        Direction.Inbound, tunnel.Left.Address, [.. tunnel.Left.Send(inner).Select(datagram => datagram.Bytes)]);
}
