namespace Tools.Tests.Asking;

/// <summary>No other test loads a plugin meanwhile.</summary>
[CollectionDefinition(nameof(LoadedPluginsTests), DisableParallelization = true)]
public sealed class LoadedPluginsCollection;

/// <summary>Which commands run code that the file names.</summary>
[Collection(nameof(LoadedPluginsTests))]
public sealed class LoadedPluginsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "status")]
    [InlineData(false, "top")]
    [InlineData(false, "reload")]
    [InlineData(false, "trace", "--file")]
    [InlineData(true, "check")]
    public async Task Asking_a_pipeline_loads_no_plugin_of_its_file(bool loads, params string[] words)
    {
        var loaded = false;
        void Watch(object? sender, AssemblyLoadEventArgs args) => loaded |= args.LoadedAssembly.GetName().Name == "MssClamp";

        AppDomain.CurrentDomain.AssemblyLoad += Watch;
        await CommandLine.Run([.. words, _folder.WritePipeline()]);
        AppDomain.CurrentDomain.AssemblyLoad -= Watch;
        Assert.Equal(loads, loaded);
    }
}
