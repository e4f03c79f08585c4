namespace Encrypt.Tests.Simulation;

/// <summary>Does what the steps of a scenario say. What a process would do is left out while it is suspended.</summary>
internal sealed class Steps(Simulation simulation)
{
    private static readonly int[] _lengths = [4, 60, 500, 1200, 1400];

    private readonly TimeSpan[] _latest = new TimeSpan[3];
    private int _sent;
    private int _keys;

    /// <summary>Takes one step.</summary>
    public void Take(Step step)
    {
        var end = simulation.Ends[(int)step.End];
        var link = simulation.Network.LinkOf(step.End);
        switch (step.Kind)
        {
            case StepKind.Wait: simulation.Advance(TimeSpan.FromMilliseconds(step.Value)); break;
            case StepKind.Loss: link.Loss = step.Value; break;
            case StepKind.Reorder: link.Reorder = step.Value; break;
            case StepKind.Duplicate: link.Duplicate = step.Value; break;
            case StepKind.Delay: link.DelayNext = TimeSpan.FromSeconds(step.Value); break;
            case StepKind.Corrupt: link.CorruptNext = true; break;
            case StepKind.Width: link.Width = step.Value; break;
            case StepKind.Replay: simulation.Network.Replay(step.Value); break;
            case StepKind.Move: end.Address = simulation.Network.Attach(step.End); break;
            case StepKind.Jump: Jump(end, TimeSpan.FromSeconds(step.Value)); break;
            case StepKind.Suspend: end.SuspendedUntil = simulation.Now + TimeSpan.FromSeconds(step.Value); break;
            case StepKind.Restart: Restart(end); break;
            default:
                if (simulation.Runs(end))
                {
                    TakeInProcess(step, end);
                }

                break;
        }
    }

    /// <summary>Ends all faults: the links are perfect, the processes run, the clocks are right, and the files agree.</summary>
    public void StopFaults()
    {
        simulation.Heal();
        foreach (var end in simulation.Ends)
        {
            end.SuspendedUntil = TimeSpan.Zero;
            // A time of day that an end has already used would be refused as a replay, as WireGuard does.
            end.Clock.Error = _latest[(int)end.Name];
            end.SetLoad(false);
            end.SetMtu(1420);
        }

        foreach (var end in simulation.Ends)
        {
            Agree(end);
        }
    }

    private void TakeInProcess(Step step, SimulatedEnd end)
    {
        switch (step.Kind)
        {
            case StepKind.Send: Send(end, step.Value); break;
            case StepKind.Spoof: Spoof(end, step.Value); break;
            case StepKind.ChangeKey: Reload(end, end.File with { Key = ++_keys }); break;
            case StepKind.ChangePresharedKey: ChangePresharedKey(end, step.Value); break;
            case StepKind.Agree: Agree(end); break;
            case StepKind.Reload: Reload(end, step.Value == 0 ? end.File : end.File with { RekeyAfter = step.Value }); break;
            case StepKind.MovePrefix: MovePrefix(step.Value == 2 ? null : (EndName)(step.Value + 1)); break;
            case StepKind.RemovePeer: RemovePeer((EndName)(step.Value + 1)); break;
            case StepKind.Mtu: end.SetMtu(step.Value); break;
            case StepKind.Load: end.SetLoad(step.Value == 1); break;
            case StepKind.Report: Report(end, step.Value); break;
            default: throw new InvalidOperationException($"{step.Kind} is not done.");
        }

        simulation.Emit(end, end.Serve());
    }

    private void Send(SimulatedEnd end, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var length = _lengths[_sent++ % _lengths.Length];
            // Every third packet uses the shared prefix.
            var isShared = _sent % 3 == 0;
            if (end.Name == EndName.Hub)
            {
                simulation.Send(end, EndFile.Address(EndName.Hub), isShared ? "10.0.9.1" : EndFile.Address(_sent % 2 == 0 ? EndName.A : EndName.B), length);
            }
            else
            {
                simulation.Send(end, isShared ? "10.0.9.1" : EndFile.Address(end.Name), EndFile.Address(EndName.Hub), length);
            }
        }
    }

    private void Spoof(SimulatedEnd end, int other) =>
        simulation.Send(end, EndFile.Address((EndName)other), EndFile.Address(end.Name == EndName.Hub ? EndName.A : EndName.Hub), 60);

    private void Reload(SimulatedEnd end, EndFile file) => simulation.Emit(end, end.Reload(file));

    private void Restart(SimulatedEnd end)
    {
        simulation.Stop(end);
        end.Start();
        simulation.Emit(end, end.Serve());
    }

    private void Jump(SimulatedEnd end, TimeSpan by)
    {
        end.Clock.Error += by;
        _latest[(int)end.Name] = Max(_latest[(int)end.Name], end.Clock.Error);
    }

    private void Agree(SimulatedEnd end)
    {
        var hub = simulation.Ends[(int)EndName.Hub].File;
        var peers = EndFile.OthersOf(end.Name).ToDictionary(other => other, other => (
            simulation.Ends[(int)other].File.Key,
            end.Name == EndName.Hub ? Preshared(hub, other) : Preshared(hub, end.Name)));
        Reload(end, end.File with { Peers = peers });
    }

    private static int Preshared(EndFile hub, EndName site) => hub.Peers.TryGetValue(site, out var peer) ? peer.Preshared : 0;

    private void ChangePresharedKey(SimulatedEnd end, int site)
    {
        var other = end.Name == EndName.Hub ? (EndName)(site + 1) : EndName.Hub;
        if (end.File.Peers.TryGetValue(other, out var peer))
        {
            Reload(end, end.File with { Peers = new Dictionary<EndName, (int Key, int Preshared)>(end.File.Peers) { [other] = (peer.Key, ++_keys) } });
        }
    }

    private void MovePrefix(EndName? owner)
    {
        var hub = simulation.Ends[(int)EndName.Hub];
        if (simulation.Runs(hub))
        {
            Reload(hub, hub.File with { SharedOwner = owner });
        }
    }

    private void RemovePeer(EndName site)
    {
        var hub = simulation.Ends[(int)EndName.Hub];
        if (simulation.Runs(hub))
        {
            Reload(hub, hub.File with { Peers = hub.File.Peers.Where(peer => peer.Key != site).ToDictionary() });
        }
    }

    private void Report(SimulatedEnd end, int largest)
    {
        foreach (var other in EndFile.OthersOf(end.Name))
        {
            end.Report(simulation.Ends[(int)other].Address, largest);
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
