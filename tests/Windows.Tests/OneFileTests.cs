using Culvert.Endpoints;
using Culvert.Stages;

namespace Windows.Tests;

/// <summary>One pipeline.yaml serves both systems: the same keys, the same shape, the same rules.</summary>
public sealed class OneFileTests
{
    [Theory]
    [InlineData(typeof(Culvert.Plugins.Tun.Linux.TunStage))]
    [InlineData(typeof(Culvert.Plugins.Tun.Windows.TunStage))]
    public void Both_devices_have_the_same_options(Type stage) =>
        Assert.Contains(typeof(IStageDefinition<TunOptions>), stage.GetInterfaces());

    [Fact]
    public void An_IPv6_address_needs_an_MTU_of_1280()
    {
        var options = new TunOptions { Addresses = [new(System.Net.IPAddress.Parse("fd99::1"), 64)] };

        Assert.Equal(1280, TunRules.Shape(options).Host!.MinMtu);
        Assert.Equivalent(TunRules.Shape(options), Culvert.Plugins.Tun.Windows.TunStage.Shape(options), strict: true);
    }
}
