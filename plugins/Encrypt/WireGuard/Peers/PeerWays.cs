using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Probing;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Measures the ways to a peer that has several, by probes inside the session, and moves the peer to the best one. A peer that is not a Culvert answers
/// none: it is called again where it is silent, and the handshake finds a way. Service thread.
/// </summary>
internal sealed class PeerWays(LocalEnd local, Peer peer) : IDisposable
{
    private const int AlternateEvery = 4;

    private static readonly TimeSpan _busyPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan _idlePause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _unmeasuredSilence = TimeSpan.FromSeconds(3);

    private RouteSelector? _selector;
    private StageTimer? _timer;
    private long _lookedAt;
    private int _count;
    private int _round;
    private ushort _id;

    /// <summary>What is known of a way; null where nothing is measured.</summary>
    public RouteScore? this[int way] => _selector is { } selector && way < _count ? selector[way] : null;

    /// <summary>Begins with other ways.</summary>
    /// <param name="count">How many; with fewer than two there is nothing to choose.</param>
    public void Reset(int count)
    {
        _count = count;
        _selector = count > 1 ? new RouteSelector(count) : null;
        if (count > 1)
        {
            _timer ??= local.Host.CreateTimer(Run);
            _timer.Schedule(_busyPause);
        }
        else
        {
            _timer?.Cancel();
        }
    }

    /// <summary>A probe was answered. The number of the way is in its id.</summary>
    public void HandleAnswer(ushort id) => _selector?[id % _count].HandleAnswer(Now, id);

    public void Dispose() => _timer?.Dispose();

    private TimeSpan Now => local.Clock.Span(local.Clock.Now);

    private void Run()
    {
        if (_selector is null)
        {
            return;
        }

        var isBusy = peer.Timers.LastSent > _lookedAt;
        _lookedAt = local.Clock.Now;
        if (peer.Sender.UsableKeypair is not null)
        {
            // Another WireGuard than Culvert drops what it does not know: it gets no more once that is clear.
            if (_selector.IsAnswered || peer.Path.Machine?.Carrier is ProbeCarrier.Messages or ProbeCarrier.Unknown)
            {
                Probe(isBusy);
            }

            Decide(isBusy);
        }

        _timer!.Schedule(isBusy ? _busyPause : _idlePause);
    }

    private void Probe(bool isBusy)
    {
        var active = peer.Endpoint.ActiveWay;
        var all = !isBusy || _round++ % AlternateEvery == 0;
        for (var way = 0; way < _count; way++)
        {
            if ((way == active || all) && peer.Endpoint.Way(way) is { IsNone: false } endpoint)
            {
                var id = NextId(way);
                _selector![way].HandleSent(Now, id);

                // Behind the tunnel it would come back: it counts as lost.
                if (!local.Host.LeadsToHost(endpoint))
                {
                    peer.Path.SendWay(new ProbeMessage { Kind = ProbeKind.WayProbe, Id = id, Size = ProbeMessage.HeaderSize }, endpoint);
                }
            }
        }
    }

    private void Decide(bool isBusy)
    {
        var silence = local.Clock.Span(Math.Max(0, local.Clock.Now - peer.Timers.LastReceived));
        if (!_selector!.IsAnswered)
        {
            if (isBusy && silence > _unmeasuredSilence)
            {
                peer.Handshaker.Initiate(isRetry: false);
            }
        }
        else if (_selector.Decide(Now, peer.Endpoint.ActiveWay, silence > _silence) is { } way)
        {
            peer.Endpoint.UseWay(way);
            // The peer learns of it by the first message.
            peer.Sender.SendKeepalive();
        }
    }

    private ushort NextId(int way)
    {
        // id % _count == way, whatever wraps around.
        _id = (ushort)((_id + 1) % (ushort.MaxValue / _count));
        return (ushort)((_id * _count) + way);
    }
}
