using System.Diagnostics.CodeAnalysis;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>This end of the tunnel: its identity, suite, clock and counters, which all peers and lanes share.</summary>
internal sealed class LocalEnd : IDisposable
{
    private readonly Lock _identityGate = new();
    private volatile CookieChecker _cookieChecker;
    private volatile byte[] _mac1Key;
    private volatile string _ownName;
    private long _rekeyAfterTicks;
    private volatile DscpSetting _dscp = DscpSetting.None;

    /// <param name="host">The program around the tunnel.</param>
    /// <param name="cipher">The cipher suite, and what seals and opens its packets.</param>
    /// <param name="identity">This end's key pair, which is disposed with this; null for none yet.</param>
    /// <param name="rekeyAfter">REKEY-AFTER-TIME: how long an initiator uses a keypair.</param>
    public LocalEnd(ITunnelHost host, DataCipher cipher, X25519Key? identity, TimeSpan rekeyAfter)
    {
        (Host, Cipher, HasKey) = (host, cipher, identity is not null);
        Identity = identity ?? X25519Key.Generate();
        KeyMemory.Refusal.Tell(reason => TunnelLog.KeysNotLocked(host.Logger, reason));
        Clock = new Clock(host.Time, host.Random);
        Layout = new MessageLayout(Suite.TagSize);
        Counters = new TunnelCounters(host.Counters);
        ShowIdentity();
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

    /// <summary>
    /// Whether this end has a private key. Without one <see cref="Identity"/> is a key pair that nobody knows: nobody can call, and this end
    /// calls nobody. Any thread.
    /// </summary>
    public bool HasKey { get; private set; }

    /// <summary>This end's public key; null without a private one. Any thread.</summary>
    public PublicKey? PublicKey => HasKey ? new PublicKey(Identity.PublicKey) : null;

    /// <summary>This end's static key pair. Service thread.</summary>
    public X25519Key Identity { get; private set; }

    /// <summary>The first and last characters of this end's public key, for logs. Any thread.</summary>
    public string OwnName => _ownName;

    /// <summary>The key of mac1 in messages to this end; another object after a change. Any thread.</summary>
    public byte[] Mac1Key => _mac1Key;

    /// <summary>Checks the cookies in messages to this end. Any thread.</summary>
    public CookieChecker CookieChecker => _cookieChecker;

    /// <summary>The age at which an initiator renews its keypair. Any thread.</summary>
    public long RekeyAfterTicks => Volatile.Read(ref _rekeyAfterTicks);

    public long RejectAfterTicks { get; }

    /// <summary>The age from which an initiator that only receives renews its keypair.</summary>
    public long LastMinuteTicks { get; }

    /// <summary>Rents a packet for a message of the protocol; counts when none is free. Any thread.</summary>
    public bool TryRent(int length, out PacketLease lease)
    {
        var rented = Host.TryRent(length, out lease);
        if (!rented)
        {
            Counters.NoMemory.Increment();
        }

        return rented;
    }

    /// <summary>The DSCP of datagrams. Any thread.</summary>
    public DscpSetting Dscp
    {
        get => _dscp;
        set => _dscp = value;
    }

    /// <summary>Sets REKEY-AFTER-TIME. Any thread.</summary>
    public void SetRekeyAfter(TimeSpan age) => Volatile.Write(ref _rekeyAfterTicks, Clock.Ticks(age));

    /// <summary>Reports keys to somebody who captures; only the suite that Wireshark knows.</summary>
    public KeyLog KeyLog { get; } = new();

    /// <summary>Begins to report the keys of handshakes that begin from now on. Any thread.</summary>
    /// <param name="report">Takes lines of a key log, and wipes them.</param>
    /// <returns>Ends it when disposed; null where nothing can be decrypted.</returns>
    public IDisposable? ShareKeys(Action<byte[]> report)
    {
        if (Suite.Id != SuiteName.Wireguard)
        {
            return null;
        }

        lock (_identityGate)
        {
            if (HasKey)
            {
                report(KeyLog.Describe(Identity));
            }

            return KeyLog.Add(report);
        }
    }

    /// <summary>Replaces the static key pair. Service thread.</summary>
    /// <param name="identity">The new key pair, which is disposed with this; null for none.</param>
    public void SetIdentity(X25519Key? identity)
    {
        lock (_identityGate)
        {
            var (oldIdentity, oldChecker) = (Identity, CookieChecker);
            HasKey = identity is not null;
            Identity = identity ?? X25519Key.Generate();
            ShowIdentity();
            oldIdentity.Dispose();
            oldChecker.Dispose();
            if (HasKey)
            {
                KeyLog.ReportIdentity(Identity);
            }
        }
    }

    [MemberNotNull(nameof(_cookieChecker), nameof(_mac1Key), nameof(_ownName))]
    private void ShowIdentity()
    {
        var key = new byte[Blake2s.HashSize];
        MacLabels.Mac1Key(key, Identity.PublicKey);
        _cookieChecker = new CookieChecker(Identity.PublicKey, Host.Time);
        _ownName = new PublicKey(Identity.PublicKey).ToShortString();
        _mac1Key = key;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reclaimer.Dispose();
        CookieChecker.Dispose();
        Identity.Dispose();
    }
}
