using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;

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

    private volatile Known? _current;
    private volatile HostEndpoint? _configured;
    private EndpointSearch? _search;

    /// <summary>The endpoint now; <c>default</c> when unknown. Any thread.</summary>
    public DatagramEndpoint Current => _current?.Endpoint ?? default;

    /// <summary>How the endpoint was learned; null when it is unknown. Any thread.</summary>
    public EndpointSource? Source => _current?.Source;

    /// <summary>Whether the endpoint is known or configured, so that packets for the peer may wait for a handshake. Any thread.</summary>
    public bool IsExpected => _configured is not null || IsReachable;

    /// <summary>Whether a datagram can be sent to the peer now. Any thread.</summary>
    public bool IsReachable => local.Host.IsConnected || !Current.IsNone;

    /// <summary>Moves the peer to another endpoint; one whose remote part does not change keeps its source. Any thread.</summary>
    public void MoveTo(DatagramEndpoint endpoint, EndpointSource source = EndpointSource.Learned)
    {
        if (_current is not { } known || known.Endpoint.Remote != endpoint.Remote)
        {
            _current = new Known(endpoint, source);
        }
        else if (known.Endpoint != endpoint && !(known.Endpoint.RequiresLocal && source == EndpointSource.Learned))
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

    /// <summary>The configured endpoint; null for none.</summary>
    public HostEndpoint? Configured => _configured;

    /// <summary>
    /// Sets the configured endpoint: an address is used at once, a name as soon as it resolves. Without one, the endpoint that is known stays.
    /// </summary>
    public void Configure(HostEndpoint? endpoint)
    {
        _search?.Dispose();
        _search = null;
        _configured = endpoint;
        if (endpoint is null)
        {
            return;
        }

        if (endpoint.Address is { } address)
        {
            MoveTo(DatagramEndpoint.From(address), EndpointSource.Configured);
            return;
        }

        _search = new EndpointSearch(local, peer, endpoint);
        _search.Begin();
    }

    /// <summary>
    /// Looks a name up again after every third initiation without an answer: it may lead elsewhere now. Traffic resets the repetitions of an
    /// initiation, so these are not what is counted.
    /// </summary>
    /// <param name="unanswered">The number of initiations since the last handshake.</param>
    public void ReconsiderAfterFailure(int unanswered)
    {
        if (unanswered % AttemptsBeforeLookup == 0)
        {
            _search?.Begin();
        }
    }

    /// <summary>The endpoint is right: a handshake was completed.</summary>
    public void HandleAnswer() => _search?.Forget();

    /// <summary>Ends the look-ups.</summary>
    public void Dispose() => _search?.Dispose();

    private sealed record Known(DatagramEndpoint Endpoint, EndpointSource Source);
}
