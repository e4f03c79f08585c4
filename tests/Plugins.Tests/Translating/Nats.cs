using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Nat;
using Culvert.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Plugins.Tests.Translating;

/// <summary>Translators for tests.</summary>
internal static class Nats
{
    public const string Shared = "10.99.0.1";

    public static NatOptions Map(params (string Own, string Seen)[] pairs) =>
        new() { Map = new([.. pairs.Select(pair => new NatPair(IPNetwork.Parse(pair.Own), IPNetwork.Parse(pair.Seen)))]) };

    public static NatOptions Masquerade(string address = Shared, int mappings = 65_536) =>
        new() { Masquerade = IPAddress.Parse(address), Mappings = mappings };

    public static StageHarness<NatStage> Start(NatOptions options, TestStageContext? context = null) =>
        StageHarness.Create<NatStage, NatOptions>(options, context ?? new TestStageContext(new FakeTimeProvider()) { Random = new Random(1) });

    public static byte[] Out(this StageHarness<NatStage> nat, PacketBuilder packet) => nat.Outbound(packet.Build()).Single();

    public static byte[] In(this StageHarness<NatStage> nat, PacketBuilder packet) => nat.Inbound(packet.Build()).Single();

    /// <summary>Whether a packet is dropped for a reason.</summary>
    public static bool Drops(this StageHarness<NatStage> nat, Direction direction, PacketBuilder packet, string reason)
    {
        var result = nat.Run(direction, default, packet.Build());
        return result.Passed.Count == 0 && result.Drops.Keys.Any(key => key.Contains(reason, StringComparison.Ordinal));
    }
}
