using System.Net;
using System.Net.Sockets;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>
/// Finds the address of the <c>peer</c> that the file names, off the data path: an address at once, a name by asking the system until
/// it answers, at growing intervals of 1 to 60 seconds, and from then on every 5 minutes, in case the name has moved.
/// </summary>
internal sealed class PeerResolver : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RouteInterval = TimeSpan.FromSeconds(2);

    private readonly HostEndpoint _peer;
    private readonly bool _ipv6Socket;
    private readonly IEndpointContext _context;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly CancellationTokenSource _closing = new();
    private readonly StageTimer _timer;
    private readonly StageTimer _look;
    private Answer? _answer;
    private DatagramEndpoint _found;
    private bool _isRefused;
    private TimeSpan _retry = FirstRetry;

    /// <summary>Starts resolving.</summary>
    /// <param name="peer">What the file names.</param>
    /// <param name="ipv6Socket">False takes IPv4 addresses only.</param>
    /// <param name="context">Timers and log.</param>
    /// <param name="lookUp">Asks for a name's addresses; throws SocketException when there are none.</param>
    public PeerResolver(
        HostEndpoint peer, bool ipv6Socket, IEndpointContext context, Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
    {
        (_peer, _ipv6Socket, _context, _lookUp) = (peer, ipv6Socket, context, lookUp);
        _timer = context.CreateTimer(() => _ = LookUpAsync());
        _look = context.CreateTimer(LookAtRoute);
        if (peer.Address is { } address)
        {
            _found = Peer.Endpoint = DatagramEndpoint.From(address);
            _look.Schedule(TimeSpan.Zero);
        }
        else
        {
            _timer.Schedule(TimeSpan.Zero);
        }
    }

    /// <summary>The peer's endpoint, once known.</summary>
    public ResolvedPeer Peer { get; } = new();

    public void Dispose()
    {
        _closing.Cancel();
        _look.Dispose();
        _timer.Dispose();
        _closing.Dispose();
    }

    /// <summary>Never throws: what goes wrong is logged and tried again.</summary>
    private async Task LookUpAsync()
    {
        try
        {
            var addresses = await _lookUp(_peer.Host, _closing.Token).ConfigureAwait(false);
            var known = Array.FindAll(addresses, address => address is not { IsIPv6LinkLocal: true, ScopeId: 0 });
            var usable = Array.Find(known, address => _ipv6Socket || address.AddressFamily == AddressFamily.InterNetwork);
            if (usable is null)
            {
                TryLater(known.Length < addresses.Length ? "it names an interface that does not exist" : "it has no IPv4 address, and 'listen' is one");
                return;
            }

            Volatile.Write(ref _answer, new Answer(DatagramEndpoint.From(new IPEndPoint(usable, _peer.Port))));
            _look.Schedule(TimeSpan.Zero);
            _retry = FirstRetry;
            _timer.Schedule(Refresh);
        }
        catch (SocketException e)
        {
            TryLater(e.Message);
        }
        catch (OperationCanceledException)
        {
            // The pipeline closes; nobody waits for an answer any more.
        }
        catch (ObjectDisposedException) when (_closing.IsCancellationRequested)
        {
            // The same, a moment later.
        }
    }

    /// <summary>A datagram that comes back as a packet would be sent again, and again: no stage above knows it by its content.</summary>
    private void LookAtRoute()
    {
        if (Interlocked.Exchange(ref _answer, null) is { } answer && answer.Endpoint != _found)
        {
            (_found, _isRefused) = (answer.Endpoint, false);
            Peer.Endpoint = _found;
            UdpStageLog.PeerResolved(_context.Logger, _peer, _found);
        }

        var endpoint = _found;
        var isRefused = _context.LeadsToHost(endpoint);
        if (isRefused != _isRefused)
        {
            _isRefused = isRefused;
            Peer.Endpoint = isRefused ? default : endpoint;
            if (isRefused)
            {
                UdpStageLog.PeerRefused(_context.Logger, _peer, _context.Plan.Host.Device);
            }
            else
            {
                UdpStageLog.PeerAccepted(_context.Logger, _peer, _context.Plan.Host.Device);
            }
        }

        _look.Schedule(RouteInterval);
    }

    private void TryLater(string reason)
    {
        UdpStageLog.PeerUnresolved(_context.Logger, _peer, reason, _retry.TotalSeconds);
        _timer.Schedule(_retry);
        _retry = _retry * 2 < LongestRetry ? _retry * 2 : LongestRetry;
    }

    private sealed record Answer(DatagramEndpoint Endpoint);
}
