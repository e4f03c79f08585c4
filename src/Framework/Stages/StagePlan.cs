namespace Culvert.Stages;

/// <summary>A stage's place in the MTU plan, known once every shape has been read and before anything is opened.</summary>
/// <param name="Mtu">The largest packet in bytes at the stage's place: what <see cref="IStageContext.Mtu"/> starts with.</param>
/// <param name="Derivation">
/// How it came about, for messages, from the network end upwards:
/// <c>"1500 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1440"</c>.
/// </param>
public sealed record StagePlan(int Mtu, string Derivation);
