using System.Net;
using Culvert.Options;

namespace Culvert.Engine.Configuration;

/// <summary>The keys of pipeline.yaml beside <c>stages</c>: what the host itself needs.</summary>
internal sealed record PipelineSettings
{
    [Option("Where to look for plugins beside the program's own: a folder of plugin folders, one plugin folder, or a plugin's DLL.",
        Example = "[../my-plugins]")]
    public IReadOnlyList<FilePath> PluginPaths { get; init; } = [];

    [Option("Queue pairs that work side by side, each on threads of its own: a number, or auto for what the machine has.")]
    public LaneCount Lanes { get; init; } = new(1);

    [Option("The most packets that go through the stages together.", Min = 1, Max = 1024)]
    public int Batch { get; init; } = 128;

    [Option("How long a lane that packets keep coming to asks for more before it sleeps; 0 for not at all. Linux only.", Min = 0, Max = 0.001)]
    public TimeSpan BusyPoll { get; init; } = TimeSpan.FromMicroseconds(50);

    [Option("Samples packets and names the stage that damages one.", Default = "off", Example = "{every: 1000}")]
    public InspectSettings? Inspect { get; init; }

    [Option("The socket through which 'culvert status' asks a running pipeline.", Default = "a path made of the file's own")]
    public FilePath? Control { get; init; }

    [Option("Address and port where metrics are served as text over HTTP.", Default = "off", Example = "127.0.0.1:9100")]
    public IPEndPoint? Metrics { get; init; }
}
