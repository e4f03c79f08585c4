using System.Text.Json.Nodes;
using Culvert.Engine.Control;

namespace Culvert.Host.Commands;

/// <summary>A running pipeline, or one of its boundaries, as an interface of Wireshark's.</summary>
/// <param name="Name">The name, <c>culvert-site</c> or <c>culvert-site:mss-clamp:below</c>.</param>
/// <param name="File">The pipeline's file.</param>
/// <param name="Socket">Its control socket.</param>
/// <param name="Stages">The ids of its stages, from the host endpoint to the network endpoint.</param>
/// <param name="Place">The boundary; null for all.</param>
internal sealed record ExtcapInterface(string Name, string File, string Socket, IReadOnlyList<string> Stages, string? Place)
{
    /// <summary>The interfaces of all running pipelines whose control sockets lie at the default place.</summary>
    public static async Task<IReadOnlyList<ExtcapInterface>> FindAsync(CancellationToken cancel)
    {
        var running = await ListCommand.FindAsync(ControlPath.Existing(), cancel);
        var names = running.Select(NameOf).ToArray();
        return [.. running.SelectMany((pipeline, i) => InterfacesOf(
            pipeline, names.Count(name => name == names[i]) == 1 ? names[i] : $"{names[i]}-{pipeline["process"]}"))];
    }

    /// <summary>The interfaces of one pipeline.</summary>
    /// <param name="pipeline">What <c>culvert list</c> knows of it.</param>
    /// <param name="name">The name of the one for all boundaries.</param>
    internal static IEnumerable<ExtcapInterface> InterfacesOf(JsonObject pipeline, string name)
    {
        string[] stages = [.. pipeline["stages"]!.AsArray().Select(stage => stage!.ToString())];
        var all = new ExtcapInterface(name, pipeline["file"]!.ToString(), pipeline["control"]!.ToString(), stages, Place: null);
        return stages.SkipLast(1).Select(stage => all with { Name = $"{name}:{stage}:below", Place = $"{stage}:below" }).Prepend(all);
    }

    // Wireshark makes a file name of it.
    private static string NameOf(JsonObject pipeline) => "culvert-" + string.Concat(
        Path.GetFileNameWithoutExtension(pipeline["file"]!.ToString()).Select(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_' or '.' ? one : '_'));
}
