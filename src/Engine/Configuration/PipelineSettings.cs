using System.Net;
using Culvert.Options;

namespace Culvert.Engine.Configuration;

/// <summary>The keys of pipeline.yaml beside <c>stages</c>: what the host itself needs.</summary>
internal sealed record PipelineSettings
{
    [Option("Where to look for plugins beside the program's own: a folder of plugin folders, one plugin folder, or a plugin's DLL.",
        Example = "[../my-plugins]")]
    public IReadOnlyList<FilePath> PluginPaths { get; init; } = [];

    [Option("Number of queue pairs that work in parallel, each on its own threads: an integer, or auto for the number of processors.")]
    public LaneCount Lanes { get; init; } = new(1);

    [Option("The most packets that go through the stages together.", Min = 1, Max = 1024)]
    public int Batch { get; init; } = 128;

    [Option("How long a lane that packets keep coming to asks for more before it sleeps; 0 for not at all. Linux only.", Min = 0, Max = 0.001)]
    public TimeSpan BusyPoll { get; init; } = TimeSpan.FromMicroseconds(50);

    [Option("Samples packets and names the stage that damages one.", Default = "off", Example = "{every: 1000}")]
    public InspectSettings? Inspect { get; init; }

    [Option("Control socket that 'culvert status' connects to.", Default = "derived from the file's path")]
    public FilePath? Control { get; init; }

    [Option("Address and port where metrics are served as text over HTTP.", Default = "off", Example = "127.0.0.1:9100")]
    public IPEndPoint? Metrics { get; init; }

    [Option("The most peers that have metrics of their own, those with the most traffic first; 0 for none.", Min = 0, Max = 100_000)]
    public int PeerMetrics { get; init; } = 1000;

    [Option("Gives up capabilities and system calls that a tunnel does not need, once it runs. Linux only.")]
    public bool Sandbox { get; init; } = true;
}
