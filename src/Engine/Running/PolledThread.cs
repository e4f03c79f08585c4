using System.Runtime.Versioning;
using Culvert.Endpoints;

namespace Culvert.Engine.Running;

/// <summary>
/// Serves one direction of a lane, or both, whose sources can be polled. With one thread for both a packet and its answer wake the same
/// thread on the same processor, and an acknowledgement is served between two batches of data instead of taking the processor from them.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PolledThread : LaneThread, IDisposable
{
    private readonly LaneDirection[] _directions;
    private readonly bool[] _more;
    private readonly PollWait _wait;
    private readonly BusyPoll _busy;
    private int _carried;

    private PolledThread(string name, TimeSpan busyPoll, LaneDirection[] directions, ReadOnlySpan<int> descriptors)
        : base(name, directions)
    {
        _directions = directions;
        _more = new bool[directions.Length];
        _wait = new PollWait(descriptors);
        _busy = new BusyPoll(_wait, busyPoll);
    }

    /// <summary>Creates a thread where every source can be polled. A reload keeps that: only the descriptors may change.</summary>
    /// <returns>Null where one cannot.</returns>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public static PolledThread? TryMake(string name, TimeSpan busyPoll, params LaneDirection[] directions)
    {
        int[] descriptors = [.. directions.Select(direction => direction.SourceNode.Descriptor).OfType<int>()];
        return descriptors.Length == directions.Length ? new PolledThread(name, busyPoll, directions, descriptors) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _wait.Dispose();

    protected override void WakeReceive(bool inTime) => _wait.Wake();

    protected override void Serve()
    {
        // What stages emitted in the meantime, and what did not fit a batch, makes no descriptor readable.
        var ask = false;
        for (var i = 0; i < _directions.Length; i++)
        {
            if (_directions[i].TakeUp())
            {
                _wait.Replace(i, _directions[i].SourceNode.Descriptor!.Value);
            }
        }

        foreach (var direction in _directions)
        {
            direction.Carry();
        }

        for (var i = 0; i < _directions.Length; i++)
        {
            ask |= _more[i] || _directions[i].HasWork;
        }

        var ready = ask ? new PollResult(~0u, Woken: false) : _busy.Wait(_carried);
        _carried = ask ? _carried : 0;
        for (var i = 0; i < _directions.Length; i++)
        {
            _more[i] = ready.IsReady(i) && _directions[i].Receive(waits: false);
            _carried += ready.IsReady(i) ? _directions[i].Received : 0;
        }
    }
}
