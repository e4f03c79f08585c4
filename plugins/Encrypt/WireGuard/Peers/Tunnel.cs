using System.Diagnostics.CodeAnalysis;
using System.Net;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Stages;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// One WireGuard interface: our identity and all peers, shared by the lanes. Data loops read <see cref="Routes"/> and
/// <see cref="Indexes"/>; everything that changes belongs to the service thread.
/// </summary>
internal sealed class Tunnel : IDisposable
{
    private readonly Dictionary<PublicKey, Peer> _peers = [];
    private readonly List<Peer> _removed = [];
    private volatile Peer[] _peerSnapshot = [];
    private volatile AllowedIps<Peer> _routes = new([]);

    /// <summary>Makes a tunnel without peers.</summary>
    /// <param name="context">A stage context; its service thread becomes the tunnel's.</param>
    /// <param name="cipher">The cipher suite, and what seals and opens its packets.</param>
    /// <param name="identity">Our key; it belongs to the tunnel from here on.</param>
    /// <param name="rekeyAfter">REKEY-AFTER-TIME.</param>
    /// <param name="lookup">Resolves host names; null for the system's resolver.</param>
    public Tunnel(
        IStageContext context, DataCipher cipher, X25519Key identity, TimeSpan rekeyAfter,
        Func<string, CancellationToken, Task<IPAddress[]>>? lookup = null)
    {
        Context = context;
        Clock = new Clock(context.Time, context.Random);
        Cipher = cipher;
        Layout = new MessageLayout(Suite.TagSize);
        Counters = new TunnelCounters(context.Counters);
        Identity = identity;
        CookieChecker = new CookieChecker(identity.PublicKey, context.Time);
        Reclaimer = new EpochReclaimer(2 * context.Lanes, context);
        RekeyAfterTicks = Clock.Ticks(rekeyAfter);
        RejectAfterTicks = Clock.Ticks(ProtocolTimes.RejectAfter);
        LastMinuteTicks = Clock.Ticks(ProtocolTimes.RejectAfter - ProtocolTimes.Keepalive - ProtocolTimes.RekeyTimeout);
        Resolver = new EndpointResolver(this, lookup);
        Receiver = new HandshakeReceiver(this);
    }

    public IStageContext Context { get; }

    public ILogger Logger => Context.Logger;

    public Clock Clock { get; }

    public CipherSuite Suite => Cipher.Suite;

    public MessageLayout Layout { get; }

    public DataCipher Cipher { get; }

    public TunnelCounters Counters { get; }

    public IndexTable Indexes { get; } = new();

    public EpochReclaimer Reclaimer { get; }

    public EndpointResolver Resolver { get; }

    public HandshakeReceiver Receiver { get; }

    /// <summary>Whose each prefix is; <see cref="UpdateRoutes"/> makes a change count.</summary>
    public PrefixOwners Prefixes { get; } = new();

    public X25519Key Identity { get; private set; }

    public CookieChecker CookieChecker { get; private set; }

    public long RekeyAfterTicks { get; }

    public long RejectAfterTicks { get; }

    /// <summary>After this age an initiator that only receives renews its keypair.</summary>
    public long LastMinuteTicks { get; }

    /// <summary>Which peer an inner address belongs to. Any thread.</summary>
    public AllowedIps<Peer> Routes => _routes;

    /// <summary>The peers now.</summary>
    public IReadOnlyCollection<Peer> AllPeers => _peers.Values;

    /// <summary>The peers as of the last <see cref="UpdateRoutes"/>. Any thread.</summary>
    public IReadOnlyList<Peer> PeerSnapshot => _peerSnapshot;

    /// <summary>The peer of a public key.</summary>
    public bool TryGetPeer(PublicKey key, [NotNullWhen(true)] out Peer? peer) => _peers.TryGetValue(key, out peer);

    /// <summary>Adds a peer without allowed-ips.</summary>
    /// <exception cref="ArgumentException">There is one with that key.</exception>
    public Peer AddPeer(PublicKey key)
    {
        var peer = new Peer(this, key);
        _peers.Add(key, peer);
        return peer;
    }

    /// <summary>Removes a peer; <see cref="UpdateRoutes"/> must follow, as only a peer without routes can be disposed.</summary>
    public void RemovePeer(Peer peer)
    {
        _peers.Remove(peer.Key);
        Prefixes.ReleaseAll(peer);
        Resolver.Forget(peer);
        peer.Remove();
        _removed.Add(peer);
    }

    /// <summary>Lets the data loops and the status see the present peers and their prefixes.</summary>
    public void UpdateRoutes()
    {
        _peerSnapshot = [.. _peers.Values];
        _routes = Prefixes.TakeSnapshot();
        _removed.ForEach(Reclaimer.Retire);
        _removed.Clear();
    }

    /// <summary>Takes another private key: all keypairs go, and handshakes start anew.</summary>
    /// <param name="identity">It belongs to the tunnel from here on.</param>
    public void SetIdentity(X25519Key identity)
    {
        var (oldIdentity, oldChecker) = (Identity, CookieChecker);
        Identity = identity;
        CookieChecker = new CookieChecker(identity.PublicKey, Context.Time);
        foreach (var peer in _peers.Values)
        {
            peer.Keypairs.Clear();
            peer.Handshake.ForgetIdentity();
        }

        oldIdentity.Dispose();
        oldChecker.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Resolver.Dispose();
        Receiver.Dispose();
        foreach (var peer in _peers.Values.Concat(_removed))
        {
            peer.Dispose();
        }

        _peers.Clear();
        _removed.Clear();
        Reclaimer.Dispose();
        CookieChecker.Dispose();
        Identity.Dispose();
    }
}
