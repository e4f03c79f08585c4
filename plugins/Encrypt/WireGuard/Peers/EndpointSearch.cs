using System.Net;
using System.Net.Sockets;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Looks up a peer's host name, neither on a data loop nor on the service thread, repeatedly until it resolves. Its methods belong to the
/// service thread.
/// </summary>
internal sealed class EndpointSearch : IDisposable
{
    private static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(60);

    private readonly LocalEnd _local;
    private readonly Peer _peer;
    private readonly HostEndpoint _name;
    private readonly Func<IPAddress, bool> _isUsable;
    private readonly Action<IPEndPoint> _found;
    private readonly StageTimer _turn;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<IPAddress> _tried = [];
    private TimeSpan _delay = MinDelay;
    private Answer? _answer;
    private bool _isRunning;
    private bool _hasFailed;
    private bool _isStopped;

    /// <param name="local">This end.</param>
    /// <param name="peer">Whose name it is.</param>
    /// <param name="name">A host name and a port.</param>
    /// <param name="isUsable">Whether datagrams can be sent to an address.</param>
    /// <param name="found">Takes the address to use, after each look-up that finds one.</param>
    public EndpointSearch(LocalEnd local, Peer peer, HostEndpoint name, Func<IPAddress, bool> isUsable, Action<IPEndPoint> found)
    {
        (_local, _peer, _name, _isUsable, _found) = (local, peer, name, isUsable, found);
        _turn = local.Host.CreateTimer(Continue);
    }

    /// <summary>Looks the name up, unless a look-up is running.</summary>
    public void Begin()
    {
        if (!_isRunning && !_isStopped)
        {
            _isRunning = true;
            _ = LookUpAsync(_stopping.Token);
        }
    }

    /// <summary>Forgets which addresses did not answer.</summary>
    public void Forget() => _tried.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            _stopping.Cancel();
            _stopping.Dispose();
            _turn.Dispose();
        }
    }

    private async Task LookUpAsync(CancellationToken stopping)
    {
        IPAddress[] addresses = [];
        var reason = "the name has no address";
        try
        {
            addresses = await _local.Host.LookUpAsync(_name.Host, stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ArgumentException)
        {
            reason = error.Message;
        }

        if (!stopping.IsCancellationRequested)
        {
            // By the timer and no post, which a blocked service thread refuses: the look-up would never end.
            Volatile.Write(ref _answer, new Answer(addresses, reason));
            _turn.Schedule(TimeSpan.Zero);
        }
    }

    // The end of a look-up, or the time for another one.
    private void Continue()
    {
        if (Interlocked.Exchange(ref _answer, null) is { } answer)
        {
            Finish(answer.Addresses, answer.Reason);
        }
        else
        {
            Begin();
        }
    }

    private void Finish(IPAddress[] addresses, string reason)
    {
        _isRunning = false;
        if (_isStopped)
        {
            return;
        }

        var usable = Array.FindAll(addresses, one => _isUsable(one));
        if (usable.Length == 0)
        {
            RetryLater(addresses.Length == 0 ? reason : $"none of its addresses can be sent to: {WhyUnusable(addresses)}");
            return;
        }

        (_hasFailed, _delay) = (false, MinDelay);
        _found(new IPEndPoint(Choose(usable), _name.Port));
    }

    private string WhyUnusable(IPAddress[] addresses) =>
        Array.TrueForAll(addresses, one => one is { IsIPv6LinkLocal: true, ScopeId: 0 }) ? "they are link-local, and there is no such interface"
        : _local.Host.IsIpv4Only && Array.TrueForAll(addresses, one => one.AddressFamily == AddressFamily.InterNetworkV6)
        ? "they are IPv6 addresses only, and the network endpoint sends over IPv4; let it listen on [::]"
        : "they are of another family than 'source'";

    // A name with several addresses: each is tried before one is tried again, in whatever order the resolver returns them.
    private IPAddress Choose(IPAddress[] usable)
    {
        var choice = Array.Find(usable, one => !_tried.Contains(one));
        if (choice is null)
        {
            _tried.Clear();
            choice = usable[0];
        }

        _tried.Add(choice);
        return choice;
    }

    private void RetryLater(string reason)
    {
        _peer.Reachability.NoteFailure($"endpoint {_name} does not resolve: {reason}");
        if (!_hasFailed)
        {
            TunnelLog.DoesNotResolve(_local.Logger, _peer.Name, _name, reason);
        }

        _hasFailed = true;
        _turn.Schedule(_delay);
        _delay = TimeSpan.FromTicks(Math.Min(_delay.Ticks * 2, MaxDelay.Ticks));
    }

    private sealed record Answer(IPAddress[] Addresses, string Reason);
}
