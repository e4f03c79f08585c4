using System.Net;
using System.Net.Sockets;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Finds peers' addresses by their host names, never on a data loop nor on the service thread: again and again until a name resolves, and
/// again when handshakes keep failing, as the name may lead elsewhere now. Its methods belong to the service thread.
/// </summary>
/// <param name="tunnel">Whose peers they are.</param>
/// <param name="lookup">Resolves a name; null for the system's resolver.</param>
internal sealed class EndpointResolver(Tunnel tunnel, Func<string, CancellationToken, Task<IPAddress[]>>? lookup) : IDisposable
{
    private const int AttemptsBeforeLookup = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(60);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookup = lookup ?? Dns.GetHostAddressesAsync;
    private readonly Dictionary<PublicKey, Search> _searches = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Takes a peer's configured endpoint: an address at once, a name as soon as it resolves.</summary>
    public void Start(Peer peer, HostEndpoint endpoint)
    {
        Forget(peer);
        peer.ConfiguredEndpoint = endpoint;
        if (endpoint.Address is { } address)
        {
            peer.SetEndpoint(DatagramEndpoint.From(address));
            return;
        }

        var search = new Search(endpoint);
        search.Retry = tunnel.Context.CreateTimer(() => Begin(peer, search));
        _searches.Add(peer.Key, search);
        Begin(peer, search);
    }

    /// <summary>Stops looking for a peer.</summary>
    public void Forget(Peer peer)
    {
        if (_searches.Remove(peer.Key, out var search))
        {
            search.Retry?.Dispose();
        }
    }

    /// <summary>An initiation was repeated: every third time the name is looked up again.</summary>
    public void ReconsiderAfterFailure(Peer peer, int attempts)
    {
        if (attempts % AttemptsBeforeLookup == 0 && _searches.TryGetValue(peer.Key, out var search))
        {
            Begin(peer, search);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        foreach (var search in _searches.Values)
        {
            search.Retry?.Dispose();
        }

        _searches.Clear();
        _stopping.Dispose();
    }

    private void Begin(Peer peer, Search search)
    {
        if (search.IsRunning)
        {
            return;
        }

        search.IsRunning = true;
        _ = LookUpAsync(peer, search, _stopping.Token);
    }

    private async Task LookUpAsync(Peer peer, Search search, CancellationToken stopping)
    {
        IPAddress[] addresses = [];
        var reason = "the name has no address";
        try
        {
            addresses = await _lookup(search.Endpoint.Host, stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ArgumentException)
        {
            reason = error.Message;
        }

        if (!stopping.IsCancellationRequested)
        {
            tunnel.Context.Post(() => Finish(peer, search, addresses, reason));
        }
    }

    private void Finish(Peer peer, Search search, IPAddress[] addresses, string reason)
    {
        search.IsRunning = false;
        if (!_searches.TryGetValue(peer.Key, out var present) || present != search)
        {
            return;
        }

        if (addresses.Length == 0)
        {
            if (!search.HasFailed)
            {
                TunnelLog.DoesNotResolve(tunnel.Logger, peer.Name, search.Endpoint, reason);
            }

            search.HasFailed = true;
            search.Retry?.Schedule(search.Delay);
            search.Delay = TimeSpan.FromTicks(Math.Min(search.Delay.Ticks * 2, MaxDelay.Ticks));
            return;
        }

        // A name with several addresses: another one each time, as the one before did not answer.
        var address = DatagramEndpoint.From(new IPEndPoint(addresses[search.Found++ % addresses.Length], search.Endpoint.Port));
        search.HasFailed = false;
        search.Delay = FirstDelay;
        var isNew = peer.Endpoint != address;
        peer.SetEndpoint(address);
        if (isNew)
        {
            TunnelLog.Resolved(tunnel.Logger, peer.Name, search.Endpoint, address);
            peer.HandleEndpointFound();
        }
    }

    private sealed class Search(HostEndpoint endpoint)
    {
        public HostEndpoint Endpoint => endpoint;

        public StageTimer? Retry { get; set; }

        public TimeSpan Delay { get; set; } = FirstDelay;

        public bool IsRunning { get; set; }

        public bool HasFailed { get; set; }

        public int Found { get; set; }
    }
}
