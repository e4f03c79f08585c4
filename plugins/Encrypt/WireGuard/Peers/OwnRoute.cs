using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Refuses a peer's endpoint while the system routes datagrams to it into the tunnel itself. The system is asked when the endpoint changes, before
/// each initiation, and when a datagram came back; while the endpoint is refused, every 2 s, so that a changed route is noticed without traffic.
/// Members for any thread say so; everything else belongs to the service thread.
/// </summary>
internal sealed class OwnRoute(LocalEnd local, Peer peer) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private volatile Refusal? _refusal;
    private StageTimer? _timer;

    // The last one that the log names as refused. A peer that calls from there again and again is not named each time.
    private DatagramEndpoint _named;
    private long _nextLog = long.MinValue;
    private bool _isStopped;

    /// <summary>Since when the endpoint is refused; null while it is not. Any thread.</summary>
    public DateTimeOffset? RefusedSince => _refusal is { } refusal && refusal.Endpoint == peer.Endpoint.Current ? refusal.Since : null;

    /// <summary>Whether the endpoint is refused. Any thread.</summary>
    public bool IsRefused => RefusedSince is not null;

    /// <summary>Asks the system where datagrams to the endpoint go now.</summary>
    public void Look()
    {
        var endpoint = peer.Endpoint.Current;
        if (!endpoint.IsNone && !local.Host.IsConnected && local.Host.LeadsToHost(endpoint))
        {
            Refuse(endpoint);
        }
        else
        {
            _refusal = null;
            if (!_named.IsNone && _named == endpoint.Remote)
            {
                _named = default;
                PeerLog.PeerEndpointAccepted(local.Logger, peer.Name, endpoint, local.Host.Device, peer.GivenName, peer.Key);
            }
        }
    }

    /// <summary>A datagram to the peer came back as a packet.</summary>
    public void HandleLoop()
    {
        Look();
        if (!IsRefused && local.Clock.Now >= _nextLog)
        {
            // What the system says of routes is not all: a packet filter may lead datagrams elsewhere.
            _nextLog = local.Clock.Now + local.Clock.Ticks(LogInterval);
            TunnelLog.Loops(local.Logger, peer.Name, peer.Endpoint.Current);
            peer.Reachability.NoteFailure("datagrams to the endpoint came back from the host's side of the tunnel");
        }
    }

    /// <summary>Asks no more.</summary>
    public void Dispose()
    {
        _isStopped = true;
        _timer?.Dispose();
    }

    private void LookAgain()
    {
        Look();
        if (IsRefused)
        {
            peer.Endpoint.UseNext();
        }

        if (!IsRefused)
        {
            peer.Handshaker.HandleEndpointFound();
        }
    }

    private void Refuse(DatagramEndpoint endpoint)
    {
        var before = _refusal;
        if (before?.Endpoint != endpoint)
        {
            _refusal = new Refusal(endpoint, local.Clock.UtcNow);
        }

        if (_named != endpoint.Remote)
        {
            _named = endpoint.Remote;
            PeerLog.PeerEndpointRefused(local.Logger, peer.Name, endpoint, local.Host.Device, peer.GivenName, peer.Key);
        }

        if (before?.Endpoint.Remote != endpoint.Remote)
        {
            peer.Reachability.NoteFailure($"the endpoint is reached through {local.Host.Device}, the tunnel itself");
        }

        if (!_isStopped)
        {
            _timer ??= local.Host.CreateTimer(LookAgain);
            _timer.Schedule(Pause);
        }
    }

    private sealed record Refusal(DatagramEndpoint Endpoint, DateTimeOffset Since);
}
