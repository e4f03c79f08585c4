using System.Diagnostics;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The two transport keys of one handshake, the counter of what was sent and the window of what was received. Data loops and the service
/// thread use it at once: each seals and opens with a cipher object of its own, created when first needed. Any thread may dispose it: from then
/// on nothing is sealed or opened, and the keys are wiped, those in use by a run of packets at the run's end.
/// </summary>
internal sealed class Keypair : IDisposable
{
    private readonly SecretBytes _sendKey;
    private readonly SecretBytes _receiveKey;
    private readonly DataCipher _cipher;
    private readonly Aead?[] _sealers;
    private readonly Aead?[] _openers;
    private readonly ReplayWindow _window = new();
    private readonly Lock? _windowGate;
    private readonly Lock _ciphersGate = new();
    private bool _isDisposed;
    private long _sent;
    private int _confirmed;

    /// <summary>Creates the keypair of a completed handshake.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="keys">Noise's two keys; they belong to the keypair from here on.</param>
    /// <param name="isInitiator">Whether this end began the handshake.</param>
    /// <param name="indexes">Ours, theirs.</param>
    /// <param name="createdAt">The time of creation in the clock's ticks.</param>
    /// <param name="cipher">The cipher that seals and opens.</param>
    public Keypair(
        Peer peer, (SecretBytes FromInitiator, SecretBytes FromResponder) keys, bool isInitiator,
        (uint Local, uint Remote) indexes, long createdAt, DataCipher cipher)
    {
        (Peer, IsInitiator, LocalIndex, RemoteIndex, CreatedAt) = (peer, isInitiator, indexes.Local, indexes.Remote, createdAt);
        (_sendKey, _receiveKey) = isInitiator ? keys : (keys.FromResponder, keys.FromInitiator);
        _cipher = cipher;
        _sealers = new Aead?[cipher.Slots];
        _openers = new Aead?[cipher.Slots];
        _windowGate = cipher.Lanes > 1 ? new Lock() : null;
    }

    public Peer Peer { get; }

    public bool IsInitiator { get; }

    public uint LocalIndex { get; }

    public uint RemoteIndex { get; }

    public long CreatedAt { get; }

    /// <summary>The number of messages sent; more after the limit was reached.</summary>
    public ulong Sent => (ulong)Volatile.Read(ref _sent);

    /// <summary>Sets the counter: lets tests start near the limits.</summary>
    internal void SetSent(ulong counter) => Volatile.Write(ref _sent, (long)counter);

    /// <summary>Holds a user's sealing key for a run of packets, which costs once what each packet would cost alone.</summary>
    /// <returns>False when the keypair was disposed; nothing is to be released then.</returns>
    public bool TryHoldSealer(int slot) => Find(_sealers, slot, _sendKey)?.TryHold() == true;

    /// <summary>Ends the run.</summary>
    public void ReleaseSealer(int slot) => _sealers[slot]!.Release();

    /// <summary>Holds a user's opening key for a run of packets.</summary>
    /// <returns>False when the keypair was disposed; nothing is to be released then.</returns>
    public bool TryHoldOpener(int slot) => Find(_openers, slot, _receiveKey)?.TryHold() == true;

    /// <summary>Ends the run.</summary>
    public void ReleaseOpener(int slot) => _openers[slot]!.Release();

    /// <summary>Seals a packet in place into a transport message: header, content, zero padding, tag. The only way to seal.</summary>
    /// <param name="slot">The caller's cipher object: its lane, or the service thread's slot.</param>
    /// <param name="packet">The content; it has room for header, padding and tag.</param>
    /// <param name="mtu">The largest inner packet in bytes, which padding does not exceed.</param>
    /// <returns>False when the key has sealed as many messages as it may; the packet is unchanged.</returns>
    /// <exception cref="ObjectDisposedException">The keys are wiped; nothing may be sealed under the zeros that are left.</exception>
    public bool TrySeal<TPacket>(int slot, TPacket packet, int mtu)
        where TPacket : struct, IGrowingPacket, allows ref struct
    {
        if (!TryTakeCounter(out var counter))
        {
            return false;
        }

        var padding = TransportHeader.PaddingFor(packet.Length, mtu);
        packet.Grow(TransportHeader.Size, padding + _cipher.Suite.TagSize);
        var message = packet.Data;
        var body = message[TransportHeader.Size..];
        var content = body[..^_cipher.Suite.TagSize];
        content[^padding..].Clear();
        TransportHeader.Write(message, RemoteIndex, counter);
        Require(Find(_sealers, slot, _sendKey)).Seal(counter, default, content, body);
        return true;
    }

    /// <summary>Opens a message's content in place.</summary>
    /// <param name="slot">Whose cipher object.</param>
    /// <param name="body">What follows the header: content and tag.</param>
    /// <param name="counter">The header's counter.</param>
    /// <exception cref="ObjectDisposedException">The keys are wiped.</exception>
    public bool TryOpen(int slot, Span<byte> body, ulong counter)
    {
        Debug.Assert(body.Length >= _cipher.Suite.TagSize, "The caller has looked at the length.");
        return Require(Find(_openers, slot, _receiveKey)).Open(counter, default, body, body[..^_cipher.Suite.TagSize]);
    }

    /// <summary>Whether a counter may be new: a cheap check before opening.</summary>
    public bool MayAccept(ulong counter)
    {
        if (_windowGate is null)
        {
            return _window.IsNew(counter);
        }

        lock (_windowGate)
        {
            return _window.IsNew(counter);
        }
    }

    /// <summary>Marks the counter of an authentic message.</summary>
    /// <returns>False for a replay, or one too old to tell.</returns>
    public bool TryAccept(ulong counter)
    {
        if (_windowGate is null)
        {
            return _window.TryAccept(counter);
        }

        lock (_windowGate)
        {
            return _window.TryAccept(counter);
        }
    }

    /// <summary>Whether this is the first call: the message that proves that the initiator has the keys.</summary>
    public bool ConfirmOnce() => _confirmed == 0 && Interlocked.Exchange(ref _confirmed, 1) == 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_ciphersGate)
        {
            _isDisposed = true;
            foreach (var aead in _sealers.Concat(_openers))
            {
                aead?.Dispose();
            }

            _sendKey.Dispose();
            _receiveKey.Dispose();
        }
    }

    private static Aead Require(Aead? aead) => aead ?? throw new ObjectDisposedException(nameof(Keypair));

    // No counter is used twice, whichever lane seals.
    private bool TryTakeCounter(out ulong counter)
    {
        counter = (ulong)Interlocked.Increment(ref _sent) - 1;
        if (counter < _cipher.Suite.RejectAfterMessages)
        {
            return true;
        }

        Volatile.Write(ref _sent, (long)_cipher.Suite.RejectAfterMessages);
        return false;
    }

    private Aead? Find(Aead?[] ciphers, int slot, SecretBytes key) => ciphers[slot] ?? Create(ciphers, slot, key);

    // Never from a key that was wiped: all zeros is a key that everybody knows.
    private Aead? Create(Aead?[] ciphers, int slot, SecretBytes key)
    {
        lock (_ciphersGate)
        {
            return _isDisposed ? null : ciphers[slot] = _cipher.Create(key.Span);
        }
    }
}
