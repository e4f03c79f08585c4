using System.Net;

namespace Culvert.Stages;

/// <summary>A stage's place in the plan, known once every shape has been read and before anything is opened.</summary>
/// <param name="Mtu">The largest packet in bytes at the stage's place: what <see cref="IStageContext.Mtu"/> starts with.</param>
/// <param name="Derivation">
/// The derivation of <paramref name="Mtu"/>, for messages, from the network endpoint upwards:
/// <c>"1500 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1440"</c>.
/// </param>
public sealed record StagePlan(int Mtu, string Derivation)
{
    /// <summary>The facts of the pipeline's host endpoint.</summary>
    public HostEndpointShape Host { get; init; } = new();

    /// <summary>The facts of the pipeline's network endpoint.</summary>
    public NetworkEndpointShape Network { get; init; } = new();

    /// <summary>The destinations that the pipeline's stages carry: every stage's <see cref="StageShape.Prefixes"/>, each once.</summary>
    public IReadOnlyList<IPNetwork> Prefixes { get; init; } = [];
}
