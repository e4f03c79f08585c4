using System.Runtime.Versioning;
using Culvert.Endpoints;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// Serves both directions of a lane, whose ends can be polled. With one thread a packet and its answer wake the same thread on the same
/// processor, and an acknowledgement is served between two batches of data instead of taking the processor from them.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class DuplexThread : LaneThread, IDisposable
{
    private const int HostEnd = 0;
    private const int NetworkEnd = 1;

    private readonly LaneDirection _outbound;
    private readonly LaneDirection _inbound;
    private readonly IPollableEndpoint _hostEnd;
    private readonly IPollableEndpoint _networkEnd;
    private readonly PollWait _wait;
    private readonly BusyPoll _busy;
    private bool _moreOutbound;
    private bool _moreInbound;

    private DuplexThread(string name, LaneDirection outbound, LaneDirection inbound, IPollableEndpoint hostEnd, IPollableEndpoint networkEnd, TimeSpan busyPoll)
        : base(name, outbound, inbound)
    {
        (_outbound, _inbound, _hostEnd, _networkEnd) = (outbound, inbound, hostEnd, networkEnd);
        _wait = new PollWait(hostEnd.Descriptor!.Value, networkEnd.Descriptor!.Value);
        _busy = new BusyPoll(_wait, busyPoll);
    }

    /// <summary>Makes one where both ends can be polled. A reload keeps the ends, so the answer holds for the lane's life.</summary>
    /// <returns>Null where they cannot.</returns>
    public static DuplexThread? TryMake(string name, LaneDirection outbound, LaneDirection inbound, TimeSpan busyPoll) =>
        outbound.Source is IPollableEndpoint { Descriptor: not null } hostEnd
        && inbound.Source is IPollableEndpoint { Descriptor: not null } networkEnd
            ? new DuplexThread(name, outbound, inbound, hostEnd, networkEnd, busyPoll)
            : null;

    /// <inheritdoc/>
    public void Dispose() => _wait.Dispose();

    protected override void WakeReceive() => _wait.Wake();

    protected override void Serve()
    {
        _outbound.TakeUp();
        _inbound.TakeUp();
        _outbound.Carry();
        _inbound.Carry();

        // What stages emitted in the meantime, to either side, and what did not fit a batch makes no descriptor readable.
        var ask = _moreOutbound || _moreInbound || _outbound.HasWork || _inbound.HasWork;
        var ready = ask ? new PollResult(~0u, Woken: false) : _busy.Wait();
        _moreOutbound = ready.IsReady(HostEnd) && _outbound.TryReceive(_hostEnd);
        _moreInbound = ready.IsReady(NetworkEnd) && _inbound.TryReceive(_networkEnd);
    }
}
