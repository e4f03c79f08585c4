namespace Encrypt.Tests.Simulation;

/// <summary>The end of a simulation: the faults stop, and the tunnel must heal.</summary>
internal sealed class Recovery(Simulation simulation, Steps steps)
{
    // Repetitions for 90 s, the silence of 15 s that may begin them, and what random delays add.
    private static readonly TimeSpan _giveUp = TimeSpan.FromSeconds(130);

    // An end that was not told of a restart finds out after 15 s of silence. Ends that call each other at the same moment answer each other, await nothing
    // any more, and call again after 5 s and a random part of a third of a second: with a latency of 60 ms, one time in three at the same moment again.
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private static readonly (EndName From, EndName To)[] _directions =
        [(EndName.A, EndName.Hub), (EndName.B, EndName.Hub), (EndName.Hub, EndName.A), (EndName.Hub, EndName.B)];

    /// <summary>Runs it.</summary>
    public SimulationResult Run()
    {
        steps.StopFaults();
        if (simulation.Scenario.IsQuiet)
        {
            simulation.Advance(_giveUp);
            RequireNothingHeld($"{_giveUp.TotalSeconds} s after the faults have stopped");
        }

        var recovery = Recover();
        var expired = simulation.Model.Expired;
        var isWhole = SendRounds();
        ReferenceModel.Require(
            isWhole || (simulation.Model.Expired > expired && SendRounds()),
            "a packet is lost although all ends have reached each other since the faults stopped");
        RequireNothingHeld("after every packet has arrived");
        var result = new SimulationResult(simulation.HashTranscript(), simulation.Model.Arrived, recovery);
        foreach (var end in simulation.Ends)
        {
            simulation.Stop(end);
        }

        return result;
    }

    private TimeSpan Recover()
    {
        var began = simulation.Now;
        var sent = _directions.ToDictionary(direction => direction, _ => new List<int>());
        while (sent.Any(direction => !direction.Value.Exists(simulation.Model.HasArrived)))
        {
            var silent = sent.Where(direction => !direction.Value.Exists(simulation.Model.HasArrived)).Select(direction => $"{direction.Key.From} to {direction.Key.To}");
            ReferenceModel.Require(
                simulation.Now - began < _bound, $"{_bound.TotalSeconds} s after the faults have stopped no packet arrives from {string.Join(", ", silent)}");
            foreach (var (direction, numbers) in sent)
            {
                numbers.Add(Send(direction));
            }

            simulation.Advance(_second);
        }

        return simulation.Now - began;
    }

    /// <returns>Whether every packet has arrived.</returns>
    private bool SendRounds()
    {
        var packets = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            packets.AddRange(_directions.Select(Send));
            simulation.Advance(_second);
        }

        // What waits for a new session may wait as long as the first one did.
        for (var began = simulation.Now; simulation.Now - began < _bound && !packets.TrueForAll(simulation.Model.HasArrived);)
        {
            simulation.Advance(_second);
        }

        return packets.TrueForAll(simulation.Model.HasArrived);
    }

    private void RequireNothingHeld(string when)
    {
        foreach (var end in simulation.Ends)
        {
            ReferenceModel.Require(end.Held == 0, $"{end.Name} holds {end.Held} packets {when}");
        }
    }

    private int Send((EndName From, EndName To) direction) =>
        simulation.Send(simulation.Ends[(int)direction.From], EndFile.Address(direction.From), EndFile.Address(direction.To), 100);
}
