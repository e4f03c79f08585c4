using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>This end of the tunnel: its identity, suite, clock and counters, which all peers and lanes share.</summary>
internal sealed class LocalEnd : IDisposable
{
    private long _rekeyAfterTicks;

    /// <param name="host">The program around the tunnel.</param>
    /// <param name="cipher">The cipher suite, and what seals and opens its packets.</param>
    /// <param name="identity">This end's key pair, which is disposed with this.</param>
    /// <param name="rekeyAfter">REKEY-AFTER-TIME: how long an initiator uses a keypair.</param>
    public LocalEnd(ITunnelHost host, DataCipher cipher, X25519Key identity, TimeSpan rekeyAfter)
    {
        (Host, Cipher, Identity) = (host, cipher, identity);
        Clock = new Clock(host.Time, host.Random);
        Layout = new MessageLayout(Suite.TagSize);
        Counters = new TunnelCounters(host.Counters);
        CookieChecker = new CookieChecker(identity.PublicKey, host.Time);
        Reclaimer = new EpochReclaimer(2 * host.Lanes, host);
        Retire = Reclaimer.Retire;
        SetRekeyAfter(rekeyAfter);
        RejectAfterTicks = Clock.Ticks(ProtocolTimes.RejectAfter);
        LastMinuteTicks = Clock.Ticks(ProtocolTimes.RejectAfter - ProtocolTimes.Keepalive - ProtocolTimes.RekeyTimeout);
    }

    public ITunnelHost Host { get; }

    public ILogger Logger => Host.Logger;

    public Clock Clock { get; }

    public CipherSuite Suite => Cipher.Suite;

    public MessageLayout Layout { get; }

    public DataCipher Cipher { get; }

    public TunnelCounters Counters { get; }

    public EpochReclaimer Reclaimer { get; }

    /// <summary><see cref="EpochReclaimer.Retire"/>, as one delegate for all peers.</summary>
    public Action<IDisposable> Retire { get; }

    /// <summary>This end's static key pair. Service thread.</summary>
    public X25519Key Identity { get; private set; }

    /// <summary>The first and last characters of this end's public key, for logs. Service thread.</summary>
    public string OwnName => new PublicKey(Identity.PublicKey).ToShortString();

    /// <summary>Checks the macs of messages to this end. Service thread.</summary>
    public CookieChecker CookieChecker { get; private set; }

    /// <summary>The age at which an initiator renews its keypair. Any thread.</summary>
    public long RekeyAfterTicks => Volatile.Read(ref _rekeyAfterTicks);

    public long RejectAfterTicks { get; }

    /// <summary>The age from which an initiator that only receives renews its keypair.</summary>
    public long LastMinuteTicks { get; }

    /// <summary>Sets REKEY-AFTER-TIME. Any thread.</summary>
    public void SetRekeyAfter(TimeSpan age) => Volatile.Write(ref _rekeyAfterTicks, Clock.Ticks(age));

    /// <summary>Replaces the static key pair. Service thread.</summary>
    /// <param name="identity">The new key pair, which is disposed with this.</param>
    public void SetIdentity(X25519Key identity)
    {
        var (oldIdentity, oldChecker) = (Identity, CookieChecker);
        Identity = identity;
        CookieChecker = new CookieChecker(identity.PublicKey, Host.Time);
        oldIdentity.Dispose();
        oldChecker.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reclaimer.Dispose();
        CookieChecker.Dispose();
        Identity.Dispose();
    }
}
