using System.Security.Cryptography;
using Culvert.Testing;
using Encrypt.Tests.Interop;

namespace Encrypt.Tests.Simulation;

/// <summary>
/// Runs a scenario: 1. its steps, while the reference model judges every datagram and every delivered packet; 2. the faults stop; 3. all sites must
/// reach the hub and back within a bounded time, and lose nothing from then on; 4. no end may keep a packet or a session index. Deterministic, on the
/// caller's thread.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private const int MaxEvents = 500_000;
    private const int MaxBacklog = 64;

    private readonly SimulatedClock _clock = new();
    private readonly SimulatedEnd[] _ends;
    private readonly Queue<Datagram>[] _backlogs = [new(), new(), new()];
    private readonly IncrementalHash _transcript = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _events;

    public Simulation(Scenario scenario)
    {
        SeededSodium.Seed(scenario.Seed, scenario.Indexes);
        Scenario = scenario;
        Model = new ReferenceModel(_clock);
        Network = new SimulatedNetwork(scenario, _clock);
        _ends = [.. Enum.GetValues<EndName>().Select(name => new SimulatedEnd(name, scenario, _clock) { Address = Network.Attach(name) })];
        Array.ForEach(_ends, end => Emit(end, end.Serve()));
    }

    public Scenario Scenario { get; }

    public ReferenceModel Model { get; }

    public SimulatedNetwork Network { get; }

    public TimeSpan Now => _clock.Now;

    public IReadOnlyList<SimulatedEnd> Ends => _ends;

    /// <summary>Runs a scenario to its end.</summary>
    /// <exception cref="BrokenInvariantException">An invariant does not hold.</exception>
    public static SimulationResult Run(Scenario scenario)
    {
        using var simulation = new Simulation(scenario);
        var steps = new Steps(simulation);
        foreach (var step in scenario.Steps)
        {
            steps.Take(step);
        }

        return new Recovery(simulation, steps).Run();
    }

    /// <summary>Whether an end's process runs.</summary>
    public bool Runs(SimulatedEnd end) => end.SuspendedUntil <= Now;

    /// <summary>Sends an inner packet from an end's host.</summary>
    /// <returns>The packet's number in the model.</returns>
    public int Send(SimulatedEnd from, string source, string destination, int length)
    {
        var packet = Model.Send(from, source, destination, length);
        var number = Model.LastSent;
        Emit(from, from.Send(packet));
        return number;
    }

    /// <summary>Carries the datagrams that an end sends.</summary>
    public void Emit(SimulatedEnd from, IEnumerable<EmittedPacket> datagrams)
    {
        foreach (var datagram in datagrams)
        {
            Model.CheckSent(from, datagram);
            Note(from, datagram.Bytes);
            Network.Send(from, datagram);
        }
    }

    /// <summary>Lets time pass, from event to event.</summary>
    public void Advance(TimeSpan span)
    {
        var until = Now + span;
        while (NextEvent() is { } next && next <= until)
        {
            ReferenceModel.Require(_events++ < MaxEvents, "the ends do not come to rest");
            _clock.Now = next > Now ? next : Now;
            while (Network.TryReceive(out var datagram, out var to))
            {
                Arrive(datagram, to);
            }

            foreach (var end in _ends.Where(Runs))
            {
                Wake(end);
            }
        }

        _clock.Now = until;
    }

    /// <summary>Ends a process; whatever it still holds then has leaked.</summary>
    public void Stop(SimulatedEnd end)
    {
        ReferenceModel.Require(end.Faults.Count == 0, $"{end.Name} throws: {end.Faults.FirstOrDefault()}");
        end.Dispose();
        ReferenceModel.Require(end.Held == 0, $"{end.Name} has ended and holds {end.Held} packets");
        ReferenceModel.Require(end.Indexes == 0, $"{end.Name} has ended and keeps {end.Indexes} session indexes");
        _backlogs[(int)end.Name].Clear();
    }

    /// <summary>Ends the faults of the network; what is on its way is lost.</summary>
    public void Heal()
    {
        Network.Heal();
        Array.ForEach(_backlogs, backlog => backlog.Clear());
    }

    /// <summary>Returns the hash of every byte that was sent and delivered, and when.</summary>
    public string HashTranscript() => Convert.ToHexString(_transcript.GetHashAndReset());

    public void Dispose()
    {
        Array.ForEach(_ends, end => end.Dispose());
        SeededSodium.Release();
        _transcript.Dispose();
    }

    private TimeSpan? NextEvent()
    {
        var next = Network.NextArrival;
        foreach (var end in _ends)
        {
            var due = Runs(end) ? end.NextTimer : end.SuspendedUntil;
            next = next is null || due < next ? due ?? next : next;
        }

        return next;
    }

    private void Arrive(Datagram datagram, EndName? to)
    {
        if (to is not { } name)
        {
            return;
        }

        if (Runs(_ends[(int)name]))
        {
            Handle(_ends[(int)name], datagram);
        }
        else if (_backlogs[(int)name] is { Count: < MaxBacklog } backlog)
        {
            backlog.Enqueue(datagram);
        }
    }

    private void Wake(SimulatedEnd end)
    {
        if (end.NextTimer <= Now)
        {
            Emit(end, end.Serve());
        }

        while (_backlogs[(int)end.Name].TryDequeue(out var datagram))
        {
            Handle(end, datagram);
        }
    }

    private void Handle(SimulatedEnd end, Datagram datagram)
    {
        var (delivered, sent) = end.Receive(datagram.Bytes, datagram.Source);
        Model.Handle(end, datagram, sent);
        foreach (var packet in delivered)
        {
            Note(end, packet);
            Model.CheckDelivered(end, datagram, packet);
        }

        Emit(end, sent);
    }

    private void Note(SimulatedEnd end, byte[] bytes)
    {
        _transcript.AppendData(BitConverter.GetBytes(Now.Ticks));
        _transcript.AppendData([(byte)end.Name]);
        _transcript.AppendData(bytes);
    }
}
