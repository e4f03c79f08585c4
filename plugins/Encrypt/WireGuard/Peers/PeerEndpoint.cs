using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>How an endpoint was learned.</summary>
internal enum EndpointSource
{
    /// <summary>From a message of the peer.</summary>
    Learned,

    /// <summary>Written as an address.</summary>
    Configured,

    /// <summary>Found by name.</summary>
    Resolved,
}

/// <summary>
/// The address of a peer: the configured address or name, and then the source of its last authentic message (WireGuard paper, section 2.1).
/// Members for any thread say so; everything else belongs to the service thread.
/// </summary>
internal sealed class PeerEndpoint(LocalEnd local, Peer peer) : IDisposable
{
    private const int AttemptsBeforeLookup = 3;
    private const int MaxRounds = 3;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private volatile Known? _current;
    private Known? _movedFrom;
    private volatile EndpointChoices? _configured;
    private EndpointRoute[] _routes = [];
    private DatagramEndpoint _left;
    private int _active;

    /// <summary>The endpoint now; <c>default</c> when unknown. Any thread.</summary>
    public DatagramEndpoint Current => _current?.Endpoint ?? default;

    /// <summary>How the endpoint was learned; null when it is unknown. Any thread.</summary>
    public EndpointSource? Source => _current?.Source;

    /// <summary>Whether the endpoint is known or configured, so that packets for the peer may wait for a handshake. Any thread.</summary>
    public bool IsExpected => _configured is not null || IsReachable;

    /// <summary>Whether a datagram can be sent to the peer now. Any thread.</summary>
    public bool IsReachable => local.Host.IsConnected || (!Current.IsNone && !peer.OwnRoute.IsRefused);

    /// <summary>Moves the peer to another endpoint; one whose remote part does not change keeps its source. Any thread.</summary>
    public void MoveTo(DatagramEndpoint endpoint, EndpointSource source = EndpointSource.Learned)
    {
        if (_current is { } same && same.Endpoint == endpoint)
        {
            // Nearly every packet.
            return;
        }

        if (_current is not { } known || known.Endpoint.Remote != endpoint.Remote)
        {
            var before = _current;
            _current = new Known(endpoint, source);
            if (before is not null && Interlocked.CompareExchange(ref _movedFrom, before, null) is null)
            {
                peer.Timers.EndpointMoved(local.Clock.Now);
            }
        }
        else if (!(known.Endpoint.RequiresLocal && source == EndpointSource.Learned))
        {
            // The same peer calls another address of this host.
            _current = known with { Endpoint = endpoint };
        }
    }

    /// <summary>
    /// Sends from whatever address the route gives, until the peer calls one again: where answers stay away, the address or the interface that
    /// it called before may be the cause. Any thread.
    /// </summary>
    public void ForgetLocal()
    {
        if (_current is { Endpoint.RequiresLocal: false } known && known.Endpoint != known.Endpoint.Remote)
        {
            _current = known with { Endpoint = known.Endpoint.Remote };
        }
    }

    /// <summary>Logs where the peer has moved to, a moment after it did, so that one that moves with every packet makes a line a second.</summary>
    public void ReportMove()
    {
        if (Interlocked.Exchange(ref _movedFrom, null) is { } before && _current is { } now && now.Endpoint.Remote != before.Endpoint.Remote)
        {
            PeerLog.PeerEndpointChanged(
                local.Logger, peer.Name, before.Endpoint.Remote, now.Endpoint.Remote, now.Source.ToString().ToLowerInvariant(), peer.GivenName, peer.Key);
        }
    }

    /// <summary>The configured endpoints; null for none.</summary>
    public EndpointChoices? Configured => _configured;

    /// <summary>
    /// Sets the configured endpoints: an address is used at once, a name as soon as it resolves. Without one, the endpoint that is known stays.
    /// </summary>
    public void Configure(EndpointChoices? endpoints)
    {
        Dispose();
        _configured = endpoints;
        _routes = [.. endpoints?.All.Select(choice => new EndpointRoute(local, peer, choice, HandleFound)) ?? []];
        (_active, _left) = (0, default);
        peer.Ways.Reset(_routes.Length);
        foreach (var route in _routes)
        {
            route.LookUp();
        }

        if (_routes is [{ IsLiteral: true } first, ..])
        {
            Use(first);
        }
    }

    /// <summary>The time to wait for the answer to an initiation: with several endpoints, short in the first rounds.</summary>
    /// <param name="unanswered">The number of initiations since the last handshake.</param>
    public TimeSpan AnswerWait(int unanswered)
    {
        var round = _routes.Length < 2 ? MaxRounds : Math.Min(MaxRounds, (unanswered - 1) / _routes.Length);
        var wait = FirstWait * (1 << Math.Max(0, round));
        return wait < ProtocolTimes.RekeyTimeout ? wait : ProtocolTimes.RekeyTimeout;
    }

    /// <summary>
    /// Before an initiation is sent: the one before was not answered, so another endpoint is tried. Looks names up again after every third: they may
    /// lead elsewhere now. A single address has its turn then. A peer that was heard just now keeps its endpoint, which data uses as well. Traffic resets
    /// the repetitions of an initiation, so these are not what is counted.
    /// </summary>
    /// <param name="unanswered">The number of initiations since the last handshake, with this one.</param>
    public void ReconsiderAfterFailure(int unanswered)
    {
        var isSilent = local.Clock.Now - peer.Timers.LastReceived > local.Clock.Ticks(ProtocolTimes.RekeyTimeout);
        if (unanswered > 1 && isSilent)
        {
            UseNext();
        }

        if (unanswered % AttemptsBeforeLookup == 0)
        {
            foreach (var route in _routes)
            {
                route.LookUp();
            }

            Refresh();
            if (isSilent)
            {
                TakeTurns();
            }
        }
    }

    /// <summary>Takes the endpoint anew where it is bound to a device, which may have come or may be another one of the same name.</summary>
    public void Refresh()
    {
        if (_routes.Length > 0 && _routes[_active].Choice.IsBound)
        {
            Use(_routes[_active]);
        }
    }

    /// <summary>The endpoint is right: a handshake was completed.</summary>
    public void HandleAnswer()
    {
        _left = default;
        foreach (var route in _routes)
        {
            route.HandleAnswer();
        }
    }

    /// <summary>Ends the look-ups.</summary>
    public void Dispose()
    {
        foreach (var route in _routes)
        {
            route.Dispose();
        }
    }

    /// <summary>The way in use, a place in <see cref="Configured"/>.</summary>
    public int ActiveWay => _active;

    /// <summary>The endpoint of a way; <c>default</c> while it is unknown.</summary>
    public DatagramEndpoint Way(int way) => _routes[way].Endpoint;

    /// <summary>Moves the peer to another way; sessions continue.</summary>
    public void UseWay(int way)
    {
        var endpoint = _routes[way].Endpoint;
        if (!endpoint.IsNone)
        {
            _active = way;
            MoveTo(endpoint, _routes[way].IsLiteral ? EndpointSource.Configured : EndpointSource.Resolved);
            peer.OwnRoute.Look();
            TunnelLog.UsesEndpoint(local.Logger, peer.Name, _routes[way].Choice.ToString());
        }
    }

    /// <summary>
    /// Moves the peer to the next way whose endpoint is known and not behind the tunnel, if there is another one. Where the endpoint in use is behind the
    /// tunnel, the written address is another one as well: the peer may have called from elsewhere.
    /// </summary>
    public void UseNext()
    {
        var others = peer.OwnRoute.IsRefused ? _routes.Length : _routes.Length - 1;
        for (var step = 1; step <= others; step++)
        {
            var next = (_active + step) % _routes.Length;
            if (!_routes[next].Endpoint.IsNone && !local.Host.LeadsToHost(_routes[next].Endpoint))
            {
                UseWay(next);
                return;
            }
        }
    }

    /// <summary>
    /// Between the written address and the learned one. Whoever can forward a message of the peer makes itself the learned one, and need not stay; both
    /// ends would send there for ever. The peer may as well have left the written one for good.
    /// </summary>
    private void TakeTurns()
    {
        if (_routes is not [{ IsLiteral: true, Choice.IsBound: false } only])
        {
            return;
        }

        var current = Current.Remote;
        var next = current != only.Endpoint ? only.Endpoint : _left;
        if (next.IsNone || local.Host.LeadsToHost(next))
        {
            return;
        }

        MoveTo(next, current != only.Endpoint ? EndpointSource.Configured : EndpointSource.Learned);
        _left = current != only.Endpoint ? current : _left;
    }

    private void HandleFound(EndpointRoute route)
    {
        if (route == _routes[_active] && Use(route))
        {
            peer.Handshaker.HandleEndpointFound();
        }
    }

    /// <returns>Whether the peer has moved.</returns>
    private bool Use(EndpointRoute route)
    {
        var endpoint = route.Endpoint;
        if (endpoint.IsNone || (Current.Remote == endpoint.Remote && !route.Choice.IsBound))
        {
            return false;
        }

        var moves = Current != endpoint;
        MoveTo(endpoint, route.IsLiteral ? EndpointSource.Configured : EndpointSource.Resolved);
        peer.OwnRoute.Look();
        return moves;
    }

    private sealed record Known(DatagramEndpoint Endpoint, EndpointSource Source);
}
