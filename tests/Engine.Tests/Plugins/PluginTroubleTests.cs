using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Options;
using Culvert.Stages;
using Culvert.Testing;
using Engine.Tests.Running;
using Microsoft.Extensions.Logging;

namespace Engine.Tests.Plugins;

/// <summary>
/// A plugin throws, hangs and leaks in each member of the contract in turn: while its file is checked, at the start, under traffic, at a reload and at
/// the end. Each time the member is named, the program goes on or ends as asked, and nothing waits for ever.
/// </summary>
[Collection(nameof(TroublePlugin))]
public sealed class PluginTroubleTests : IDisposable
{
    private const string Setting = "CULVERT_TROUBLE";
    private const string Check = "check";
    private const string Start = "start";
    private const string Traffic = "traffic";
    private const string Reload = "reload";
    private const string Compare = "a reload that changes another stage";
    private const string Close = "close";

    // Each member, and the phases in which it is named. What is called in none of them, or may wait by contract, must not do harm. Receive that
    // throws again and again is a lost endpoint.
    private static readonly (string Member, string[] Phases)[] _members =
    [
        ("the constructor of", [Check, Compare, Reload]),
        ("the get accessor of", [Check, Start, Compare, Reload]),
        ("the init accessor of", [Check, Compare, Reload]),
        ("ToString of", [Check]),
        ("Expected of", []),
        ("JsonSchema of", []),
        ("TryRead of", [Check, Compare, Reload]),
        ("Equals of", [Compare]),
        ("Files of", [Start, Compare, Reload]),
        ("Register of", [Check, Start]),
        ("the static constructor", [Check]),
        ("Shape", [Check, Compare, Reload]),
        ("Validate", [Check, Compare, Reload]),
        ("ValidatePlan", [Check, Compare, Reload]),
        ("WhyReopen", [Compare, Reload]),
        ("the stage's constructor", [Start, Reload]),
        ("a service's constructor", [Start]),
        ("State", [Start]),
        ("Outbound", [Traffic]),
        ("Inbound", [Traffic]),
        ("Receive", []),
        ("Wake", []),
        ("GetStatus", [Traffic]),
        ("ListFlows", [Traffic]),
        ("ShareSecrets", [Traffic]),
        ("Dispose of what ShareSecrets returned", [Traffic]),
        ("PathTo", [Traffic]),
        ("HandlePathReport", [Traffic]),
        ("HandlePathFailure", [Traffic]),
        ("Facts", [Traffic]),
        ("Change", [Traffic]),
        ("LeadsHere", [Traffic]),
        ("Descriptor", [Start, Compare, Reload]),
        ("MtuChanged", [Traffic]),
        ("a timer", [Traffic]),
        ("posted work", [Traffic]),
        ("Dispose", [Close]),
        ("Dispose of an object of State", [Close]),
        ("Dispose of a service", [Close]),
    ];

    private readonly MemoryLogger _log = new();

    public static TheoryData<string, string> Cases =>
        [
            .. from member in _members
            from how in new[] { "throw", "foul", "hang", "leak" }
            where member.Member != "Receive" || how is "hang" or "leak"
            select (member.Member, how),
        ];

    public void Dispose() => AppContext.SetData(Setting, null);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_throwing_stage_is_named_and_the_program_continues(string member, string how)
    {
        var site = new Site(member, how, _log);
        site.CheckFile();
        site.StartPipeline();
        await site.RunPipelineAsync();
    }

    [Fact]
    public void The_plugin_has_each_member_of_the_contract()
    {
        Type[] contract =
        [
            typeof(IPacketStage), typeof(IPacketEndpoint), typeof(ILiveEndpoint<>), typeof(IStageDefinition<>), typeof(IStageServices), typeof(IOptionValue<>),
            typeof(INamesFiles), typeof(IDisposable),
        ];
        var members = contract.SelectMany(type => type.GetMethods()).Select(method => method.Name.Replace("get_", "", StringComparison.Ordinal));

        // What only commands call: Commands.PluginTroubleTests of EndToEnd.Tests.
        Assert.Empty(members.Except(_members.Select(known => known.Member.Split(' ')[0])).Except(["DeclareCounters"]));
    }

    /// <summary>One member's trouble through the phases.</summary>
    private sealed class Site(string member, string how, MemoryLogger log)
    {
        private readonly TimeSpan _limit = how == "hang" ? TimeSpan.FromMilliseconds(500) : Rig.Patience;
        private readonly string[] _phases = _members.Single(known => known.Member == member).Phases;

        private PipelineOptions Options => new()
        {
            StartLimit = _limit,
            CloseLimit = 4 * _limit,
            StatusLimit = _limit,
            WatchLimit = _limit / 2,
            LoggerFactory = new OneLog(log),
        };

        public void CheckFile()
        {
            Begin();
            var loaded = Load(new PluginStore { Limit = _limit }, version: 1);
            End();
            var said = string.Join("\n", loaded.Diagnostics);
            Assert.True(loaded.IsValid != IsExpected(Check), said);
            AssertNamed(Check, said);
        }

        public void StartPipeline()
        {
            var loaded = Load(new PluginStore { Limit = _limit }, version: 1);
            Begin();
            var said = "";
            try
            {
                using var pipeline = Pipeline.Start(loaded.Plan!, Options);
                End();
            }
            catch (PipelineStartException error)
            {
                said = error.Message;
                Assert.True(IsExpected(Start), said);
            }

            End();
            AssertNamed(Start, said);
        }

        public async Task RunPipelineAsync()
        {
            var store = new PluginStore { Limit = _limit };
            using var pipeline = Pipeline.Start(Load(store, version: 1).Plan!, Options);
            AssertFlows(pipeline);
            Begin();
            if (IsExpected(Traffic))
            {
                Assert.True(SpinWait.SpinUntil(() => Said(pipeline).Length > 0, Rig.Patience), $"{member} is not named");
            }

            End();
            AssertFlows(pipeline);
            AssertReload(pipeline, store, Compare, version: 1, end: 2);
            AssertReload(pipeline, store, Reload, version: 2, end: 3);
            Begin();
            pipeline.RequestStop();
            Assert.Equal(PipelineExit.Asked, await pipeline.Completion.WaitAsync(Rig.Patience));
            var said = string.Join("\n", log.Lines);
            End();
            AssertNamed(Close, said);
        }

        private void AssertReload(Pipeline pipeline, PluginStore store, string phase, int version, int end)
        {
            Begin();
            var loaded = Load(store, version, end);
            var result = loaded.IsValid ? pipeline.Reload(loaded.Plan!) : null;
            End();
            var said = $"{string.Join("\n", loaded.Diagnostics)}{result?.Failure?.Message}";
            Assert.True(IsExpected(phase) == (result?.Outcome is null or ReloadOutcome.Failed), $"{phase}: {result?.Outcome} {said}");
            AssertNamed(phase, said);
            AssertFlows(pipeline);
        }

        // A leak is no error by itself: nothing may come of it.
        private bool IsExpected(string phase) => how != "leak" && _phases.Contains(phase);

        private void AssertNamed(string phase, string said)
        {
            if (IsExpected(phase))
            {
                Assert.Contains(WordOf(member), said, StringComparison.Ordinal);
            }
        }

        // What the log or the status says of it.
        private string Said(Pipeline pipeline)
        {
            var status = pipeline.GetStatus().Stages.Single(stage => stage.Id == "trouble");
            if (member == "Dispose of what ShareSecrets returned")
            {
                pipeline.ShareSecrets(_ => { }).Dispose();
                return log.Lines.FirstOrDefault(line => line.Contains(member, StringComparison.Ordinal)) ?? "";
            }

            var word = how == "hang" ? "has" : "threw";
            return member == "GetStatus" ? (string?)status.Details?["error"] ?? ""
                : member == "ListFlows" ? string.Concat(pipeline.ListFlows(PacketFilter.Everything).Flows.Select(flow => (string?)flow["problem"]))
                : member == "ShareSecrets" ? SharingProblem(pipeline)
                : log.Lines.FirstOrDefault(line => line.Contains(word, StringComparison.Ordinal)) ?? "";
        }

        private static string SharingProblem(Pipeline pipeline)
        {
            using var sharing = pipeline.ShareSecrets(_ => { });
            return string.Concat(sharing.Problems);
        }

        private static string WordOf(string member) => member switch
        {
            "a service's constructor" or "State" => "the stage's constructor",
            "the static constructor" => "Validate",
            "Dispose of what ShareSecrets returned" => member,
            _ when member.StartsWith("Dispose", StringComparison.Ordinal) => "Dispose",
            _ => member,
        };

        private void AssertFlows(Pipeline pipeline)
        {
            var before = Answers(pipeline);
            Assert.True(SpinWait.SpinUntil(() => Answers(pipeline) > before, Rig.Patience), string.Join("\n", log.Lines));
        }

        private static long Answers(Pipeline pipeline) => pipeline.GetStatus().Stages[0].Counters.Single(counter => counter.Name == "answers").Value;

        private void Begin() => AppContext.SetData(Setting, $"{member}={how}");

        private static void End() => AppContext.SetData(Setting, null);

        private static LoadedPipeline Load(PluginStore store, int version, int end = 1) => new PipelineLoader(store).LoadText(
            $$"""
            plugin-paths: ["{{PluginSite.Built("TroublePlugin")}}"]
            stages:
              - stage: trouble-host
              - {stage: trouble, version: {{version}}, value: word}
              - {stage: trouble-network, version: {{end}}}
            """,
            "pipeline.yaml",
            Path.GetTempPath());
    }

    private sealed class OneLog(MemoryLogger log) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
