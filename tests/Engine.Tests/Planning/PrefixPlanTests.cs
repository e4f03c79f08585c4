using System.Net;
using Culvert.Engine.Planning;
using Culvert.Stages;
using Engine.Tests.Running;

namespace Engine.Tests.Planning;

/// <summary>What the stages carry and the network endpoint's facts reach every stage's plan.</summary>
public sealed class PrefixPlanTests
{
    [Fact]
    public void Every_stage_sees_the_prefixes_of_all_each_once()
    {
        var plan = Rig.Plan(FaultPolicy.Drop, ("a", Carrier("10.0.0.0/8", "fd00::/8")), ("b", Carrier("10.0.0.0/8", "0.0.0.0/0")), ("c", Carrier()));
        Assert.All(plan.Stages, stage => Assert.Equal(["10.0.0.0/8", "fd00::/8", "0.0.0.0/0"], stage.Place.Prefixes.Select(prefix => prefix.ToString())));
    }

    [Fact]
    public void A_shape_without_a_list_is_a_mistake_of_the_plugin()
    {
        var shape = StageShape.Through(PacketKind.Ip) with { Prefixes = null! };
        Assert.Equal(["Prefixes is null"], ShapeCheck.Check(shape, typeof(ProbeStage)));
    }

    private static ProbeOptions Carrier(params string[] prefixes) =>
        new() { Shape = StageShape.Through(PacketKind.Ip) with { Prefixes = [.. prefixes.Select(prefix => IPNetwork.Parse(prefix))] } };
}
