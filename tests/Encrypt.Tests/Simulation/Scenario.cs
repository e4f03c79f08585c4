namespace Encrypt.Tests.Simulation;

/// <summary>The course of a simulation: everything that the run depends on.</summary>
/// <param name="Seed">The seed of every random number of the run.</param>
/// <param name="Latency">Milliseconds of a datagram on its way.</param>
/// <param name="Pool">The packets that an end can hold.</param>
/// <param name="Indexes">The different session indexes that an end can draw; 0 for all.</param>
/// <param name="Probes">Whether the ends look for the path MTU.</param>
/// <param name="Keepalive">Whether the sites send keepalives.</param>
/// <param name="IsQuiet">Whether nobody sends for a while after the faults have stopped.</param>
/// <param name="Steps">What happens, in order.</param>
internal sealed record Scenario(int Seed, int Latency, int Pool, int Indexes, bool Probes, bool Keepalive, bool IsQuiet, IReadOnlyList<Step> Steps)
{
    /// <summary>Returns the scenario for a failure's message.</summary>
    public override string ToString() =>
        $"seed {Seed}, latency {Latency} ms, pool of {Pool}, indexes {(Indexes == 0 ? "all" : Indexes)}{(Probes ? ", probes" : "")}{(Keepalive ? ", keepalive" : "")}"
        + $"{(IsQuiet ? ", quiet at the end" : "")}:\n{string.Join('\n', Steps.Select(step => "  " + step))}";
}
