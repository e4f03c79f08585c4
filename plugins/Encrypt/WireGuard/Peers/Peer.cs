using System.Net;
using System.Runtime.CompilerServices;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// One peer: its keys, where it is, what waits for it. Threads: what a data loop may call says so; everything else belongs to the service
/// thread.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Tunnel _tunnel;
    private readonly HandshakeThrottle _throttle;
    private readonly Action _initiate;
    private readonly Action _postInitiate;
    private readonly Action _complete;
    private volatile StrongBox<DatagramEndpoint>? _endpoint;
    private volatile IPNetwork[] _allowedIps = [];
    private volatile bool _sentLastMinuteHandshake;
    private long _sentBytes;
    private long _receivedBytes;
    private bool _isRemoved;

    public Peer(Tunnel tunnel, PublicKey key)
    {
        (_tunnel, Key, Name) = (tunnel, key, key.ToShortString());
        Keypairs = new Keypairs(tunnel.Indexes, tunnel.Reclaimer.Retire);
        Handshake = new PeerHandshake(tunnel, this);
        Timers = new PeerTimers(this, tunnel.Context, tunnel.Clock);
        _throttle = new HandshakeThrottle(tunnel.Clock);
        _initiate = InitiateForLoop;
        _postInitiate = () => tunnel.Context.Post(_initiate);
        _complete = CompleteForLoop;
    }

    public PublicKey Key { get; }

    /// <summary>A few letters of the key, for logs.</summary>
    public string Name { get; }

    /// <summary>The inner addresses that are the peer's, as of the last snapshot. Any thread.</summary>
    public IReadOnlyList<IPNetwork> AllowedIps => _allowedIps;

    /// <summary>The same as it is being changed, by <see cref="PrefixOwners"/> only.</summary>
    internal List<IPNetwork> Prefixes { get; } = [];

    /// <summary>The endpoint as configured, when it was.</summary>
    public HostEndpoint? ConfiguredEndpoint { get; set; }

    /// <summary>The persistent keepalive; zero for none.</summary>
    public TimeSpan KeepaliveInterval { get; private set; }

    public Keypairs Keypairs { get; }

    public PeerHandshake Handshake { get; }

    public PeerTimers Timers { get; }

    public HeldPackets Held { get; } = new();

    /// <summary>When the last handshake was completed; null for never.</summary>
    public DateTimeOffset? LastHandshake { get; private set; }

    /// <summary>Bytes of datagrams sent to the peer. Any thread.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>Bytes of authentic datagrams received from the peer. Any thread.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    /// <summary>Where the peer is now; <c>default</c> when unknown. Any thread.</summary>
    public DatagramEndpoint Endpoint => _endpoint?.Value ?? default;

    /// <summary>Sets where the peer is: roaming follows the last authentic message (WireGuard paper, section 2.1). Any thread.</summary>
    public void SetEndpoint(DatagramEndpoint endpoint)
    {
        if (_endpoint is not { } known || known.Value != endpoint)
        {
            _endpoint = new StrongBox<DatagramEndpoint>(endpoint);
        }
    }

    /// <summary>Makes <see cref="AllowedIps"/> what <see cref="Prefixes"/> is now.</summary>
    public void ShowAllowedIps() => _allowedIps = [.. Prefixes];

    /// <summary>Counts datagrams that went out. Any thread.</summary>
    public void AddSent(long bytes) => Interlocked.Add(ref _sentBytes, bytes);

    /// <summary>Counts authentic datagrams that came in. Any thread.</summary>
    public void AddReceived(long bytes) => Interlocked.Add(ref _receivedBytes, bytes);

    /// <summary>Asks for a handshake, from a data loop: cheap while one was begun within the last five seconds.</summary>
    public void WantHandshake(long now) => _throttle.Request(now, _postInitiate);

    /// <summary>From an outbound loop: a packet was put aside for want of a keypair.</summary>
    public void ReportHeld(long now)
    {
        if (Keypairs.Current is { } current && now - current.CreatedAt < _tunnel.RejectAfterTicks)
        {
            // It came in the meantime; the throttle is for messages, not for this.
            _tunnel.Context.Post(_initiate);
        }
        else
        {
            WantHandshake(now);
        }
    }

    /// <summary>From a data loop: the current keypair is old or worn, so that a sender begins a handshake.</summary>
    public void KeepFreshSending(Keypair keypair, long now)
    {
        if (keypair.Sent > _tunnel.Suite.RekeyAfterMessages
            || (keypair.IsInitiator && now - keypair.CreatedAt >= _tunnel.RekeyAfterTicks))
        {
            WantHandshake(now);
        }
    }

    /// <summary>From a data loop: an initiator that only receives renews the keypair before it is rejected, once.</summary>
    public void KeepFreshReceiving(long now)
    {
        if (!_sentLastMinuteHandshake && Keypairs.Current is { IsInitiator: true } current
            && now - current.CreatedAt >= _tunnel.LastMinuteTicks)
        {
            _sentLastMinuteHandshake = true;
            WantHandshake(now);
        }
    }

    /// <summary>
    /// From an inbound loop, before the packet goes to the host: the initiator has used a keypair for the first time. It is current at
    /// once, as the initiator may no longer have the previous one, and the host's reply must not be sealed under that.
    /// </summary>
    public void Confirm(Keypair keypair)
    {
        if (Keypairs.Confirm(keypair))
        {
            _tunnel.Context.Post(_complete);
        }
    }

    /// <summary>Sets the persistent keepalive. From zero to something sends one at once.</summary>
    public void SetKeepalive(TimeSpan interval)
    {
        var starts = KeepaliveInterval == TimeSpan.Zero && interval > TimeSpan.Zero;
        KeepaliveInterval = interval;
        Timers.SetPersistentKeepalive(interval);
        if (starts)
        {
            SendKeepalive();
        }
    }

    /// <summary>Begins a handshake, or repeats one, unless one was begun within the last five seconds.</summary>
    /// <param name="isRetry">False starts the 90 seconds anew.</param>
    public void SendInitiation(bool isRetry)
    {
        var now = _tunnel.Clock.Now;
        if (!isRetry)
        {
            Timers.Attempts = 0;
        }

        if (!_throttle.IsOpen(now))
        {
            return;
        }

        if (Endpoint.IsNone)
        {
            // Nowhere to send it yet: a name that is being resolved, or a peer that must call in.
            Timers.InitiationSent(now);
            return;
        }

        _throttle.Close(now);
        if (_tunnel.Context.TryRent(_tunnel.Layout.InitiationSize, out var lease))
        {
            if (Handshake.TryCreateInitiation(lease.Data))
            {
                _tunnel.Counters.InitiationsSent.Increment();
                TunnelLog.SendsInitiation(_tunnel.Logger, Name, Endpoint);
                Timers.AuthenticatedSent(now);
                Send(lease);
            }
            else
            {
                lease.Dispose();
            }
        }

        Timers.InitiationSent(now);
    }

    /// <summary>Answers an initiation that was accepted.</summary>
    public void SendResponse()
    {
        var now = _tunnel.Clock.Now;
        _throttle.Close(now);
        if (!_tunnel.Context.TryRent(_tunnel.Layout.ResponseSize, out var lease))
        {
            return;
        }

        if (Handshake.CreateResponse(lease.Data) is not { } keypair)
        {
            lease.Dispose();
            return;
        }

        Keypairs.AddAsResponder(keypair);
        _tunnel.Counters.ResponsesSent.Increment();
        Timers.KeysDerived(now);
        Timers.AuthenticatedSent(now);
        Send(lease);
    }

    /// <summary>Takes the keypair of a response: what waited goes out, or a keepalive, so that the responder may use it too.</summary>
    public void AcceptResponse(Keypair keypair)
    {
        Keypairs.AddAsInitiator(keypair);
        Timers.KeysDerived(_tunnel.Clock.Now);
        Complete(weBegan: true);
        if (SendHeld() == 0)
        {
            SendKeepalive();
        }
    }

    /// <summary>Sends an empty transport message; begins a handshake when there is no keypair.</summary>
    public void SendKeepalive()
    {
        if (UsableKeypair() is not { } keypair)
        {
            SendInitiation(isRetry: false);
            return;
        }

        if (SendHeld() == 0 && _tunnel.Context.TryRent(0, out var lease))
        {
            _tunnel.Counters.KeepalivesSent.Increment();
            SealAndSend(lease, keypair);
        }
    }

    /// <summary>Seals and sends what waited for a keypair.</summary>
    /// <returns>How many packets it was.</returns>
    public int SendHeld()
    {
        var count = 0;
        while (UsableKeypair() is { } keypair && Held.TryTake(out var lease))
        {
            if (SealAndSend(lease, keypair))
            {
                count++;
            }
        }

        _tunnel.Counters.Sealed.Add(count);
        if (count > 0)
        {
            Timers.DataSent(_tunnel.Clock.Now);
        }
        else if (Held.Count > 0)
        {
            SendInitiation(isRetry: false);
        }

        return count;
    }

    /// <summary>The timer of a repeated initiation: again, or after 90 s no more.</summary>
    public void RetransmitInitiation()
    {
        if (Timers.Attempts >= ProtocolTimes.MaxAttempts)
        {
            Timers.GiveUp(_tunnel.Clock.Now);
            Held.DropAll(_tunnel.Counters.HandshakeTimeout);
            TunnelLog.GaveUp(_tunnel.Logger, Name, ProtocolTimes.RekeyAttempt.TotalSeconds);
            return;
        }

        Timers.Attempts++;
        _tunnel.Resolver.ReconsiderAfterFailure(this, Timers.Attempts);
        SendInitiation(isRetry: true);
    }

    /// <summary>The timer of a peer that does not answer data: a new handshake.</summary>
    public void HandleSilence()
    {
        TunnelLog.Silent(_tunnel.Logger, Name);
        SendInitiation(isRetry: false);
    }

    /// <summary>The resolver has found the peer's address, or another one.</summary>
    public void HandleEndpointFound()
    {
        if (Held.Count > 0 || KeepaliveInterval > TimeSpan.Zero)
        {
            SendKeepalive();
        }
    }

    /// <summary>Erases all keys, and drops what waited.</summary>
    public void EraseKeys()
    {
        Handshake.Clear();
        Keypairs.Clear();
        Held.DropAll(_tunnel.Counters.HandshakeTimeout);
        TunnelLog.ErasedKeys(_tunnel.Logger, Name);
    }

    /// <summary>Ends timers and handshakes; what data loops that still hold the peer post does nothing. <see cref="Dispose"/> follows.</summary>
    public void Remove()
    {
        _isRemoved = true;
        Timers.Dispose();
        Handshake.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Remove();
        Keypairs.Clear();
        Held.Close(_tunnel.Counters.PeerRemoved);
    }

    /// <summary>The keypair that may seal now, or null.</summary>
    private Keypair? UsableKeypair() =>
        Keypairs.Current is { } current && _tunnel.Clock.Now - current.CreatedAt < _tunnel.RejectAfterTicks
            && current.Sent < _tunnel.Suite.RejectAfterMessages ? current : null;

    private void InitiateForLoop()
    {
        _throttle.Taken();
        if (_isRemoved)
        {
            return;
        }

        // The keys may have come while the loop put its packet aside.
        if (Held.Count > 0 && UsableKeypair() is not null)
        {
            SendHeld();
        }
        else
        {
            SendInitiation(isRetry: false);
        }
    }

    private void CompleteForLoop()
    {
        if (!_isRemoved)
        {
            Complete(weBegan: false);
            SendHeld();
        }
    }

    private void Complete(bool weBegan)
    {
        Timers.HandshakeComplete();
        _sentLastMinuteHandshake = false;
        LastHandshake = _tunnel.Clock.UtcNow;
        _tunnel.Counters.HandshakesCompleted.Increment();
        TunnelLog.HandshakeComplete(_tunnel.Logger, Name, Endpoint, weBegan ? "we began" : "the peer began");
    }

    private bool SealAndSend(PacketLease lease, Keypair keypair)
    {
        if (!keypair.TryTakeCounter(out var counter))
        {
            lease.Drop(_tunnel.Counters.KeyWorn);
            return false;
        }

        var padding = TransportHeader.PaddingFor(lease.Length, _tunnel.Context.Mtu);
        lease.Append(padding + _tunnel.Suite.TagSize);
        lease.Prepend(TransportHeader.Size);
        keypair.Seal(_tunnel.Cipher.ServiceSlot, lease.Data, padding, counter);
        var now = _tunnel.Clock.Now;
        Timers.AuthenticatedSent(now);
        Send(lease);
        KeepFreshSending(keypair, now);
        return true;
    }

    private void Send(PacketLease lease)
    {
        lease.Endpoint = Endpoint;
        AddSent(lease.Length);
        _tunnel.Context.Emit(Direction.Outbound, lease);
    }
}
