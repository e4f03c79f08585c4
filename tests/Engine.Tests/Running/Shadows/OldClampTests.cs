using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Packets;
using Culvert.Testing;
using Culvert.Wire;
using Engine.Tests.Plugins;

namespace Engine.Tests.Running.Shadows;

/// <summary>The clamp that damaged packets for years, as the candidate beside today's, and other candidates as files name them.</summary>
[Collection(nameof(TroublePlugin))]
public sealed class OldClampTests : IDisposable
{
    private const int Mss = 1405;
    private const int Packets = 400;

    private readonly PluginSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public void Each_checksum_that_it_gets_wrong_is_found_and_none_is_sent()
    {
        var random = new Random(1);
        using var rig = Rig.Start(Load("shadow: {stage: old-clamp, budget: 1}"));
        var wrong = 0;
        foreach (var direction in new[] { Direction.Outbound, Direction.Inbound })
        {
            var packets = Enumerable.Range(0, Packets).Select(_ => Syn((ushort)random.Next(500, 9000), (uint)random.Next())).ToArray();
            var sink = ShadowTests.Send(rig, direction, packets, Packets);
            Assert.Equal(packets.Select(Clamped), sink.Captured.Select(packet => packet.Bytes));
            wrong += packets.Count(IsWronglyClamped);
        }

        Assert.InRange(wrong, 10, Packets * 2);
        Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Compared == Packets * 2, Rig.Patience), $"{StatusOf(rig)}");
        var difference = Assert.Single(StatusOf(rig).Differences);
        Assert.Equal(("changed TCP checksum", wrong), (difference.Kind, (int)difference.Packets));
        Assert.Matches("^TCP checksum [0-9a-f]{4} → [0-9a-f]{4}$", difference.Changes);
    }

    [Fact]
    public void Another_version_lies_in_a_folder_of_its_own()
    {
        _site.AddFile("MssClamp", "MssClamp.dll", File.ReadAllBytes(PluginSite.Built("MssClamp")));
        _site.AddFile("MssClamp-2.0", "MssClamp.dll", File.ReadAllBytes(PluginSite.Built("MssClamp")));
        var plan = Load("plugin: MssClamp, shadow: {plugin: MssClamp-2.0, sample: 0.1}", _site.Root);
        var entry = plan.Stages[1].Entry;
        Assert.NotEqual(entry.Type.StageClass, entry.Shadow!.Candidate.Type.StageClass);
        Assert.Equal(entry.Type.StageClass.FullName, entry.Shadow.Candidate.Type.StageClass.FullName);
        Assert.Equal(("MssClamp-2.0", 0.1, ShadowEntry.DefaultBudget), (entry.Shadow.Plugin, entry.Shadow.Sample, entry.Shadow.Budget));
        Assert.Equal(entry.Type.Options.Keys[0].Name, entry.Shadow.Candidate.Type.Options.Keys[0].Name);
    }

    [Fact]
    public void Other_options_differ()
    {
        using var rig = Rig.Start(Load("shadow: {options: {mss: 1360}, budget: 1}"));
        ShadowTests.Send(rig, Direction.Outbound, [Syn(1400, 1), Syn(8961, 1), Syn(1300, 1)], 3);
        Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Compared == 3, Rig.Patience));
        var difference = Assert.Single(StatusOf(rig).Differences);
        Assert.Equal(("changed MSS, TCP checksum", 2L), (difference.Kind, difference.Packets));
        Assert.StartsWith("MSS 1400 → 1360, ", difference.Changes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shadow: {}", "(4,43): error CV1103: 'shadow' of 'mss-clamp' names no candidate; add plugin: FOLDER, stage: NAME or options: {…}")]
    [InlineData("shadow: {stage: no-clamp}", "(4,51): error CV1201: there is no stage 'no-clamp'; did you mean 'mss-clamp'?")]
    [InlineData("shadow: {plugin: MssClamp-9}", "(4,52): error CV1202: there is no plugin folder 'MssClamp-9'; did you mean 'MssClamp'?")]
    [InlineData(
        "shadow: {options: {mss: large}}",
        "(4,59): error CV1104: 'mss' is 'large'; write auto, a number, or {ipv4: 1360, ipv6: 1340} where each may also be auto or none")]
    [InlineData("shadow: {options: {mtu: 1360}}", "(4,54): error CV1101: unknown key 'mtu'; the keys are mss, direction, insert-missing")]
    [InlineData(
        "shadow: {options: 1360}", "(4,53): error CV1104: 'shadow.options' is '1360'; write a mapping of the candidate's keys, for example {mss: 1360}")]
    [InlineData("shadow: {stage: old-clamp, sample: 2}", "(4,70): error CV1105: 'shadow.sample' is 2, which is out of range; give 0 to 1")]
    public void Mistakes_are_reported_where_they_stand(string shadow, string wanted)
    {
        var loaded = LoadText(shadow, [.. Names]);
        Assert.Equal("pipeline.yaml" + wanted, Assert.Single(loaded.Diagnostics).ToString());
    }

    private static IEnumerable<string> Names => ["MssClamp", "OldClamp"];

    private static Culvert.Engine.Running.ShadowStatus StatusOf(Rig rig) => rig.Pipeline.GetStatus().Stages[1].Shadow!;

    private static PipelinePlan Load(string keys, params string[] paths)
    {
        var loaded = LoadText(keys, paths.Length == 0 ? [.. Names] : [.. paths]);
        Assert.True(loaded.IsValid, string.Join("\n", loaded.Diagnostics));
        return loaded.Plan;
    }

    private static LoadedPipeline LoadText(string keys, string[] paths)
    {
        string[] all = [.. paths, "TroublePlugin"];
        return new PipelineLoader(new PluginStore()).LoadText(
            $$"""
            plugin-paths: [{{string.Join(", ", all.Select(path => $"\"{(Path.IsPathRooted(path) ? path : PluginSite.Built(path))}\""))}}]
            stages:
              - stage: trouble-host
              - {stage: mss-clamp, mss: {{Mss}}, {{keys}}}
              - {stage: trouble-network}
            """,
            "pipeline.yaml",
            Path.GetTempPath());
    }

    private static byte[] Syn(ushort mss, uint sequence) => PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Mss(mss).Sequence(sequence).Build();

    // A full computation, not an update.
    private static byte[] Clamped(byte[] packet) => MssOf(packet) <= Mss ? packet : Syn(Mss, SequenceOf(packet));

    private static bool IsWronglyClamped(byte[] packet)
    {
        var (mss, checksum) = (MssOf(packet), Read(packet, 36));
        return mss > Mss && (ushort)~((ushort)~checksum - mss + Mss) != Read(Clamped(packet), 36);
    }

    private static ushort MssOf(byte[] packet) => Read(packet, 42);

    private static uint SequenceOf(byte[] packet) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(24));

    private static ushort Read(byte[] packet, int offset) => System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(offset));
}
