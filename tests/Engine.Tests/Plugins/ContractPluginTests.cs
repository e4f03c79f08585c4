using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Stages;
using Culvert.Testing;
using Engine.Tests.Running;

namespace Engine.Tests.Plugins;

/// <summary>
/// A plugin that uses each part of the contract, in a running pipeline: built against this source, and against each released contract where
/// .ci/contracts has built those (docs/reference/compatibility.md).
/// </summary>
public sealed class ContractPluginTests
{
    private const int Packets = 100;

    public static TheoryData<string> Binaries =>
    [
        PluginSite.Built("ContractPlugin"),
        .. Environment.GetEnvironmentVariable("CULVERT_CONTRACTS") is { Length: > 0 } folder
            ? Directory.EnumerateFiles(folder, "ContractPlugin.dll", SearchOption.AllDirectories) : [],
    ];

    [Theory]
    [MemberData(nameof(Binaries))]
    public async Task A_plugin_of_each_contract_runs(string dll)
    {
        var catalog = PluginSite.Open(dll);
        Assert.Empty(catalog.Remarks);
        var found = catalog.Find("contract", null);
        Assert.True(found.Type is not null, $"{found.Code} {found.Message}");
        var plan = PipelinePlanner.Plan(
        [
            End("host", StageShape.HostEndpoint(PacketKind.Ip)),
            new StageEntry { Id = "contract", Type = found.Type, Options = Activator.CreateInstance(found.Type.OptionsType)! },
            End("network", StageShape.NetworkEndpoint(PacketKind.Ip, 28)),
        ]).Plan!;
        using var host = new MemoryEndpoint(plan.Stages[0].Shape);
        using var network = new MemoryEndpoint(plan.Stages[^1].Shape);
        using var pipeline = Pipeline.Start(plan, new PipelineOptions { HostEnd = _ => host, NetworkEnd = _ => network });

        for (var i = 0; i < Packets; i++)
        {
            Assert.True(host.Inject(new byte[28]));
            Assert.True(network.WaitForSunk(i + 1, Rig.Patience));
            Assert.True(host.WaitForSunk(i + 1, Rig.Patience));
        }

        Assert.True(host.Inject(new byte[20]));
        Assert.True(network.Inject(new byte[29]));
        Assert.True(host.WaitForSunk(Packets + 1, Rig.Patience));
        Assert.All(network.Captured, packet => Assert.Equal(Convert.ToHexString([0xEE, 0xEE, 0xEE, 0xEE, .. new byte[28]]), Convert.ToHexString(packet.Bytes)));
        Assert.Equal(Packets, host.Captured.Count(packet => packet.Bytes.Length == 28 && packet.Bytes[0] == 0xAA));
        Assert.Equal(1, host.Captured.Count(packet => packet.Bytes.Length == 28 && packet.Bytes[0] == 0));
        pipeline.RequestStop();
        await pipeline.Completion.WaitAsync(Rig.Patience);
        var status = pipeline.GetStatus().Stages.Single(stage => stage.Id == "contract");
        Assert.Equal(Packets + 1, (long)status.Details!["seen"]!);
    }

    private static StageEntry End(string id, StageShape shape) =>
        new() { Id = id, Type = StageType.Of<ProbeStage, ProbeOptions>(), Options = new ProbeOptions { Shape = shape } };
}
