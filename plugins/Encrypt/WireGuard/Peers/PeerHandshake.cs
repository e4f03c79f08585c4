using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>The result of a handshake message of a known peer.</summary>
internal enum HandshakeVerdict
{
    Accepted,

    /// <summary>Not authentic, or not what was waited for.</summary>
    Invalid,

    /// <summary>An initiation no newer than one that was accepted before.</summary>
    Replayed,

    /// <summary>An initiation too soon after another one.</summary>
    TooSoon,
}

/// <summary>
/// A peer's part in handshakes: at most one at a time in either role, the newest timestamp seen, and the macs (WireGuard paper, sections
/// 5.4.2 and 5.4.3). Used on the service thread only.
/// </summary>
internal sealed class PeerHandshake(LocalEnd local, IndexTable indexes, Peer peer) : IDisposable
{
    private static readonly byte[] NoPresharedKey = new byte[KeyText.KeySize];

    private readonly byte[] _lastTimestamp = new byte[MessageLayout.TimestampSize];
    private SecretBytes? _staticStatic;
    private SecretBytes? _presharedKey;
    private NoiseHandshake? _noise;
    private bool _awaitsResponse;
    private uint _localIndex;
    private uint _remoteIndex;
    private long _acceptInitiationAt = long.MinValue;

    /// <summary>The macs of messages to the peer.</summary>
    public CookieGenerator Cookies { get; } = new(peer.Key.ToArray(), local.Clock.Provider);

    /// <summary>The preshared key; zeros for none.</summary>
    public ReadOnlySpan<byte> PresharedKey => _presharedKey is { } key ? key.Span : NoPresharedKey;

    /// <summary>Sets the preshared key for handshakes to come.</summary>
    /// <param name="key">32 bytes; zeros for none.</param>
    public void SetPresharedKey(ReadOnlySpan<byte> key)
    {
        _presharedKey?.Dispose();
        _presharedKey = key.ContainsAnyExcept((byte)0) ? new SecretBytes(key) : null;
    }

    /// <summary>Forgets what depends on our own key, which has changed.</summary>
    public void ForgetIdentity()
    {
        Clear();
        _staticStatic?.Dispose();
        _staticStatic = null;
    }

    /// <summary>Writes an initiation and awaits its response; an earlier handshake is forgotten.</summary>
    /// <param name="message">As many bytes as the suite's initiation has.</param>
    public bool TryCreateInitiation(Span<byte> message)
    {
        Clear();
        Span<byte> timestamp = stackalloc byte[MessageLayout.TimestampSize];
        Tai64n.Write(timestamp, local.Clock.UtcNow);
        _localIndex = indexes.Reserve(peer);
        _noise = NoiseHandshake.Initiator(local.Suite, MacLabels.Identifier, local.Identity, peer.Key.ToArray());
        var parts = local.Layout.StartInitiation(message, _localIndex);
        if (StaticStatic() is not { } shared || !_noise.TryWriteFirst(NewEphemeral(), shared.Span, timestamp, parts))
        {
            Clear();
            return false;
        }

        Cookies.AddMacs(message);
        _awaitsResponse = true;
        return true;
    }

    /// <summary>Whether an initiation, of whatever suite, was written with this peer's private key. It may have been sent before.</summary>
    /// <param name="noise">What read the static key.</param>
    /// <param name="initiation">The message's parts.</param>
    public bool IsAuthentic(NoiseHandshake noise, FirstMessage initiation)
    {
        Span<byte> timestamp = stackalloc byte[MessageLayout.TimestampSize];
        return StaticStatic() is { } shared && noise.TryReadFirstPayload(shared.Span, initiation, timestamp);
    }

    /// <summary>Takes an initiation whose static key is this peer's.</summary>
    /// <param name="noise">What read the static key; it belongs to this from here on.</param>
    /// <param name="message">The whole message.</param>
    public HandshakeVerdict ConsumeInitiation(NoiseHandshake noise, Span<byte> message)
    {
        Span<byte> timestamp = stackalloc byte[MessageLayout.TimestampSize];
        var verdict = StaticStatic() is not { } shared || !noise.TryReadFirstPayload(shared.Span, local.Layout.Initiation(message), timestamp)
            ? HandshakeVerdict.Invalid
            : !Tai64n.IsAfter(timestamp, _lastTimestamp) ? HandshakeVerdict.Replayed
            : local.Clock.Now < _acceptInitiationAt ? HandshakeVerdict.TooSoon : HandshakeVerdict.Accepted;
        if (verdict != HandshakeVerdict.Accepted)
        {
            noise.Dispose();
            return verdict;
        }

        Clear();
        _noise = noise;
        timestamp.CopyTo(_lastTimestamp);
        _remoteIndex = MessageLayout.Sender(message);
        _acceptInitiationAt = local.Clock.Now + local.Clock.Ticks(ProtocolTimes.InitiationInterval);
        return HandshakeVerdict.Accepted;
    }

    /// <summary>Answers the initiation that was accepted.</summary>
    /// <param name="message">As many bytes as the suite's response has.</param>
    /// <returns>The keypair, which waits for its first use; null when a key of the peer's is of low order.</returns>
    public Keypair? CreateResponse(Span<byte> message)
    {
        if (_noise is null)
        {
            return null;
        }

        _localIndex = indexes.Reserve(peer);
        var parts = local.Layout.StartResponse(message, _localIndex, _remoteIndex);
        if (!_noise.TryWriteSecond(NewEphemeral(), PresharedKey, default, parts))
        {
            Clear();
            return null;
        }

        Cookies.AddMacs(message);
        return Finish(isInitiator: false);
    }

    /// <summary>Whether a response to that index is awaited.</summary>
    public bool Awaits(uint index) => _awaitsResponse && index == _localIndex;

    /// <summary>Takes a response to the last initiation.</summary>
    /// <returns>The keypair; null when the message is not authentic or not awaited.</returns>
    public Keypair? ConsumeResponse(Span<byte> message)
    {
        if (!Awaits(MessageLayout.ResponseReceiverIndex(message)) || _noise is null
            || !_noise.TryReadSecond(PresharedKey, local.Layout.Response(message), default))
        {
            return null;
        }

        _remoteIndex = MessageLayout.Sender(message);
        return Finish(isInitiator: true);
    }

    /// <summary>Forgets the handshake that is under way and wipes it.</summary>
    public void Clear()
    {
        if (_localIndex != 0)
        {
            indexes.Release(_localIndex);
            _localIndex = 0;
        }

        _noise?.Dispose();
        _noise = null;
        _awaitsResponse = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _staticStatic?.Dispose();
        _staticStatic = null;
        _presharedKey?.Dispose();
        _presharedKey = null;
    }

    /// <summary>
    /// The secret between the two static keys, computed when first needed, as most of many peers are idle. Null when the peer's public key
    /// is of low order: no handshake with it can succeed.
    /// </summary>
    private SecretBytes? StaticStatic()
    {
        if (_staticStatic is not null)
        {
            return _staticStatic;
        }

        var secret = new SecretBytes(X25519Key.Size);
        if (local.Identity.TryAgree(peer.Key.ToArray(), secret.Span))
        {
            return _staticStatic = secret;
        }

        secret.Dispose();
        TunnelLog.UselessKey(local.Logger, peer.Name);
        return null;
    }

    private X25519Key NewEphemeral()
    {
        var key = X25519Key.Generate();
        if (local.KeyLog.IsOn)
        {
            local.KeyLog.ReportHandshake(peer.Key.ToArray(), key, PresharedKey);
        }

        return key;
    }

    private Keypair Finish(bool isInitiator)
    {
        var keypair = new Keypair(
            peer, _noise!.Split(), isInitiator, (_localIndex, _remoteIndex), local.Clock.Now, local.Cipher);
        // The index lives on with the keypair.
        _localIndex = 0;
        Clear();
        return keypair;
    }
}
