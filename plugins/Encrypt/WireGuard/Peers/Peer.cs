using System.Net;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// A peer: its public key, its inner addresses, its traffic, and the parts that do its work. Threads: members for any thread say so;
/// everything else belongs to the service thread.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly LocalEnd _local;
    private readonly HashSet<IPNetwork> _prefixes = [];
    private volatile IPNetwork[]? _allowedIps = [];
    private volatile string _name;
    private long _sentBytes;
    private long _receivedBytes;

    public Peer(LocalEnd local, IndexTable indexes, HeldBudget held, PublicKey key)
    {
        (_local, Key) = (local, key);
        _name = key.ToShortString();
        Held = new HeldPackets(held, local.Counters);
        Endpoint = new PeerEndpoint(local, this);
        Keypairs = new Keypairs(indexes, local.Retire);
        Handshake = new PeerHandshake(local, indexes, this);
        Timers = new PeerTimers(local, this);
        Sender = new PeerSender(local, this);
        Reachability = new Reachability(local, this);
        Handshaker = new Handshaker(local, this);
        Path = new PeerPath(local, this);
        Ways = new PeerWays(local, this);
        OwnRoute = new OwnRoute(local, this);
    }

    public PublicKey Key { get; }

    /// <summary>The name in logs: the given one, and the first and last characters of the key. Any thread.</summary>
    public string Name => _name;

    /// <summary>The given name; null for none. Any thread.</summary>
    public string? GivenName { get; private set; }

    /// <summary>The peer's inner addresses, as of the last <see cref="PeerTable.Publish"/>. Any thread.</summary>
    public IReadOnlyList<IPNetwork> AllowedIps => _allowedIps ?? ListPrefixes();

    /// <summary>The peer's inner addresses, as <see cref="PrefixOwners"/> changes them.</summary>
    internal IReadOnlyCollection<IPNetwork> Prefixes => _prefixes;

    /// <summary>The persistent keepalive; zero for none.</summary>
    public TimeSpan KeepaliveInterval { get; private set; }

    /// <summary>The address of the peer.</summary>
    public PeerEndpoint Endpoint { get; }

    /// <summary>The transport keys.</summary>
    public Keypairs Keypairs { get; }

    /// <summary>The messages of the handshake under way.</summary>
    public PeerHandshake Handshake { get; }

    /// <summary>The beginning and end of handshakes.</summary>
    public Handshaker Handshaker { get; }

    /// <summary>The messages of the service thread.</summary>
    public PeerSender Sender { get; }

    public PeerTimers Timers { get; }

    /// <summary>The largest packets each way.</summary>
    public PeerPath Path { get; }

    /// <summary>The measurements of several ways to the peer.</summary>
    public PeerWays Ways { get; }

    /// <summary>Whether datagrams to the peer would come back into the tunnel.</summary>
    public OwnRoute OwnRoute { get; }

    /// <summary>Whether the peer answers.</summary>
    public Reachability Reachability { get; }

    /// <summary>Packets that wait for a keypair. Any thread.</summary>
    public HeldPackets Held { get; }

    /// <summary>Bytes of datagrams sent to the peer. Any thread.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>Bytes of authentic datagrams received from the peer. Any thread.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    /// <summary>Counts datagrams that were sent. Any thread.</summary>
    public void AddSent(long bytes) => Interlocked.Add(ref _sentBytes, bytes);

    /// <summary>Counts authentic datagrams that were received. Any thread.</summary>
    public void AddReceived(long bytes) => Interlocked.Add(ref _receivedBytes, bytes);

    /// <summary>Names the peer.</summary>
    /// <param name="name">The display name; null for none.</param>
    public void SetName(string? name)
    {
        GivenName = name;
        _name = name is null ? Key.ToShortString() : $"{name} ({Key.ToShortString()})";
    }

    /// <summary>Shows <see cref="Prefixes"/> as <see cref="AllowedIps"/>. They are listed when somebody asks: a change costs only itself.</summary>
    public void ShowAllowedIps() => _allowedIps = null;

    /// <summary>Adds to <see cref="Prefixes"/>.</summary>
    internal void AddPrefix(IPNetwork prefix)
    {
        lock (_prefixes)
        {
            _prefixes.Add(prefix);
        }
    }

    /// <summary>Removes from <see cref="Prefixes"/>.</summary>
    internal void RemovePrefix(IPNetwork prefix)
    {
        lock (_prefixes)
        {
            _prefixes.Remove(prefix);
        }
    }

    /// <summary>Empties <see cref="Prefixes"/>.</summary>
    internal void ClearPrefixes()
    {
        lock (_prefixes)
        {
            _prefixes.Clear();
        }
    }

    private IPNetwork[] ListPrefixes()
    {
        lock (_prefixes)
        {
            return _allowedIps ??= [.. _prefixes];
        }
    }

    /// <summary>Sets the persistent keepalive; from zero to an interval, one is sent at once.</summary>
    public void SetKeepalive(TimeSpan interval)
    {
        var starts = KeepaliveInterval == TimeSpan.Zero && interval > TimeSpan.Zero;
        KeepaliveInterval = interval;
        Timers.SetPersistentKeepalive(interval);
        if (starts)
        {
            Sender.SendKeepalive();
        }
    }

    /// <summary>Whether packets wait for a handshake, or a keepalive is to be sent.</summary>
    public bool HasReasonToCall => Held.Count > 0 || KeepaliveInterval > TimeSpan.Zero;

    /// <summary>Erases what was agreed under this end's private key, which has changed.</summary>
    public void ForgetIdentity()
    {
        Keypairs.Clear();
        Handshake.ForgetIdentity();
        Handshaker.Reopen();
    }

    /// <summary>Erases all keys and drops the held packets.</summary>
    public void EraseKeys()
    {
        Handshake.Clear();
        Keypairs.Clear();
        Held.DropAll(_local.Counters.HandshakeTimeout);
        TunnelLog.ErasedKeys(_local.Logger, Name);
    }

    /// <summary>
    /// Stops timers, look-ups and handshakes: the peer is removed. What data loops post that still reference it does nothing;
    /// <see cref="Dispose"/> follows when none does.
    /// </summary>
    public void Stop()
    {
        Handshaker.Stop();
        Timers.Dispose();
        Path.Dispose();
        Ways.Dispose();
        Endpoint.Dispose();
        OwnRoute.Dispose();
        Handshake.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        Keypairs.Clear();
        Held.Close(_local.Counters.PeerRemoved);
    }
}
