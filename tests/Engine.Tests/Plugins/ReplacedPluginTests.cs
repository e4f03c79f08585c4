using System.Runtime.CompilerServices;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Testing;
using Engine.Tests.Running;

namespace Engine.Tests.Plugins;

/// <summary>Tests that load the plugin with a setting of the whole process, and therefore run one after the other.</summary>
[CollectionDefinition(nameof(TroublePlugin))]
public sealed class TroublePlugin;

/// <summary>Plugins whose files change while they run.</summary>
[Collection(nameof(TroublePlugin))]
public sealed class ReplacedPluginTests : IDisposable
{
    private const int Times = 100;

    private readonly PluginSite _site = new();
    private readonly PluginStore _store = new();

    public ReplacedPluginTests()
    {
        _site.Add("Ends", "TroublePlugin");
        Overwrite(0);
    }

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task A_changed_one_is_loaded_at_the_next_reload_and_the_old_code_is_collected()
    {
        using var ends = Start();
        var (pipeline, host, network) = (ends.Pipeline, ends.Host, ends.Network);
        using var stop = new CancellationTokenSource();
        var traffic = Task.Run(() => Inject(host, network, stop.Token), CancellationToken.None);
        for (var time = 1; time <= Times; time++)
        {
            Overwrite(time);
            Reload(pipeline, time);
            Assert.True(SpinWait.SpinUntil(IsCollected, Rig.Patience), $"After {time} reloads the old code stays.");
        }

        await stop.CancelAsync();
        var sent = await traffic;
        Assert.True(network.WaitForSunk(sent, Rig.Patience));
        Assert.Equal(sent, network.Captured.Count);
        Assert.True(sent > Times, $"{sent} packets");
    }

    [Fact]
    public void One_that_did_not_change_stays_loaded()
    {
        using var ends = Start();
        var loaded = Load();
        Assert.Equal(ReloadOutcome.Swapped, ends.Pipeline.Reload(loaded.Plan!).Outcome);
        Assert.Empty(_store.Retired);
    }

    [Fact]
    public void One_that_is_broken_on_the_disk_does_no_harm_to_the_one_that_runs()
    {
        using var ends = Start();
        _site.AddBytes("Stages", []);
        Assert.False(Load().IsValid);
        Assert.True(ends.Host.Inject(Rig.Packet(1)));
        Assert.True(ends.Network.WaitForSunk(1, Rig.Patience));
        Overwrite(1);
        Reload(ends.Pipeline, 1);
    }

    [Fact]
    public void One_beside_the_program_stays_and_the_reload_says_that_its_files_changed()
    {
        var store = PluginStore.In(_site.Root);
        Assert.Empty(Load(store, "").Diagnostics);
        Overwrite(1, byRename: true);
        var loaded = Load(store, "");
        var warning = Assert.Single(loaded.Diagnostics);
        Assert.True(loaded.IsValid);
        Assert.Equal(
            "/plugins: warning CV1209: the files of the plugin 'Stages' have changed since it was loaded; the loaded version stays in use; "
            + "restart the program to load the new version",
            _site.Text([warning]));
    }

    // What a method has in its variables stays in use until it returns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Ends Start() => new(Load());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reload(Pipeline pipeline, int time)
    {
        var loaded = Load();
        Assert.True(loaded.IsValid, _site.Text(loaded.Diagnostics));
        Assert.EndsWith($"{time:000}.", loaded.Plan!.Stages[1].Entry.Type.Summary, StringComparison.Ordinal);
        var result = pipeline.Reload(loaded.Plan);
        Assert.Equal((ReloadOutcome.Swapped, "trouble"), (result.Outcome, string.Join(",", result.Added)));
    }

    private bool IsCollected()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        _store.TakeCollected();
        return _store.Retired.Count == 0;
    }

    private static int Inject(MemoryEndpoint host, MemoryEndpoint network, CancellationToken stop)
    {
        var sent = 0;
        while (!stop.IsCancellationRequested)
        {
            // No faster than they come out: the queue of the endpoint in memory would drop them.
            if (host.Inject(Rig.Packet(sent)))
            {
                network.WaitForSunk(++sent, Rig.Patience);
            }
        }

        return sent;
    }

    // In place, as cp does.
    private void Overwrite(int version, bool byRename = false)
    {
        var path = _site.Add(
            byRename ? "New" : "Stages", "TroublePlugin", PluginSite.Replace("Misbehaves where it is told to.", $"Misbehaves where it is tol {version:000}."));
        if (byRename)
        {
            File.Move(path, Path.Combine(_site.Root, "Stages", "Stages.dll"), overwrite: true);
            Directory.Delete(Path.Combine(_site.Root, "New"));
        }
    }

    private LoadedPipeline Load() => Load(_store, $"plugin-paths: [\"{_site.Root}\"]");

    private static LoadedPipeline Load(PluginStore store, string paths) => new PipelineLoader(store).LoadText(
        $$"""
        {{paths}}
        stages:
          - {stage: trouble-host, plugin: Ends}
          - {stage: trouble, plugin: Stages}
          - {stage: trouble-network, plugin: Ends}
        """,
        "pipeline.yaml",
        Path.GetTempPath());

    private sealed class Ends : IDisposable
    {
        public Ends(LoadedPipeline loaded)
        {
            Assert.True(loaded.IsValid, string.Join("\n", loaded.Diagnostics));
            Host = new MemoryEndpoint(loaded.Plan!.Stages[0].Shape, queue: 20_000);
            Network = new MemoryEndpoint(loaded.Plan.Stages[^1].Shape, queue: 20_000);
            Pipeline = Pipeline.Start(loaded.Plan, new PipelineOptions { HostEnd = _ => Host, NetworkEnd = _ => Network });
        }

        public MemoryEndpoint Host { get; }

        public MemoryEndpoint Network { get; }

        public Pipeline Pipeline { get; }

        public void Dispose() => Pipeline.Dispose();
    }
}
