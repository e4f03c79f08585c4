namespace Encrypt.Tests.Simulation;

/// <summary>The result of a scenario that kept all invariants.</summary>
/// <param name="Transcript">The hash of every byte that was sent and delivered, and when.</param>
/// <param name="Arrived">Packets that arrived.</param>
/// <param name="Recovery">The time from the end of the faults until all ends reached each other.</param>
internal sealed record SimulationResult(string Transcript, int Arrived, TimeSpan Recovery);
