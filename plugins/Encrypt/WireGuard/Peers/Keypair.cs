using System.Diagnostics;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The two transport keys of one handshake, the counter of what was sent and the window of what was received. Data loops and the service
/// thread use it at once: each seals and opens with a cipher object of its own, made when first needed. Disposing wipes the keys.
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
    private long _sent;
    private int _confirmed;
    private volatile bool _isDisposed;

    /// <summary>Takes the keys of a finished handshake.</summary>
    /// <param name="peer">Whom it is shared with.</param>
    /// <param name="keys">Noise's two keys; they belong to the keypair from here on.</param>
    /// <param name="isInitiator">True when this end began the handshake.</param>
    /// <param name="indexes">Ours, theirs.</param>
    /// <param name="createdAt">When, in the clock's ticks.</param>
    /// <param name="cipher">What seals and opens.</param>
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

    /// <summary>How many messages were sent, or more when the limit was met.</summary>
    public ulong Sent => (ulong)Volatile.Read(ref _sent);

    /// <summary>Gives a counter for one message.</summary>
    /// <returns>False when the key has sealed as many as it may.</returns>
    public bool TryTakeCounter(out ulong counter)
    {
        counter = (ulong)Interlocked.Increment(ref _sent) - 1;
        if (counter < _cipher.Suite.RejectAfterMessages)
        {
            return true;
        }

        Volatile.Write(ref _sent, (long)_cipher.Suite.RejectAfterMessages);
        return false;
    }

    /// <summary>Sets the counter: tests of the limits come near them so.</summary>
    internal void SetSent(ulong counter) => Volatile.Write(ref _sent, (long)counter);

    /// <summary>Seals a message in place.</summary>
    /// <param name="slot">Whose cipher object: the lane, or the service thread's slot.</param>
    /// <param name="message">Header, content, padding, tag; header, padding and tag are written.</param>
    /// <param name="padding">Bytes of padding, which are zeroed.</param>
    /// <param name="counter">From <see cref="TryTakeCounter"/>.</param>
    /// <exception cref="ObjectDisposedException">The keys are wiped; nothing may be sealed under the zeros that are left.</exception>
    public void Seal(int slot, Span<byte> message, int padding, ulong counter)
    {
        var body = message[TransportHeader.Size..];
        var content = body[..^_cipher.Suite.TagSize];
        content[^padding..].Clear();
        TransportHeader.Write(message, RemoteIndex, counter);
        CipherOf(_sealers, slot, _sendKey).Seal(counter, default, content, body);
    }

    /// <summary>Opens a message's content in place.</summary>
    /// <param name="slot">Whose cipher object.</param>
    /// <param name="body">What follows the header: content and tag.</param>
    /// <param name="counter">The header's counter.</param>
    /// <exception cref="ObjectDisposedException">The keys are wiped.</exception>
    public bool TryOpen(int slot, Span<byte> body, ulong counter)
    {
        Debug.Assert(body.Length >= _cipher.Suite.TagSize, "The caller has looked at the length.");
        return CipherOf(_openers, slot, _receiveKey).Open(counter, default, body, body[..^_cipher.Suite.TagSize]);
    }

    /// <summary>True when the counter may be new: a cheap look before opening.</summary>
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

    /// <summary>True the first time, for the message that shows that the initiator has the keys.</summary>
    public bool ConfirmOnce() => _confirmed == 0 && Interlocked.Exchange(ref _confirmed, 1) == 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (var aead in _sealers.Concat(_openers))
        {
            aead?.Dispose();
        }

        _sendKey.Dispose();
        _receiveKey.Dispose();
    }

    private Aead CipherOf(Aead?[] ciphers, int slot, SecretBytes key)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ref var cipher = ref ciphers[_cipher.SlotOf(slot)];
        return cipher ?? Create(ref cipher, key);
    }

    // Two lanes may share a slot: the one that comes second takes the first one's, so that no copy of the key is left when this is disposed.
    private Aead Create(ref Aead? cipher, SecretBytes key)
    {
        var created = _cipher.Create(key.Span);
        if (Interlocked.CompareExchange(ref cipher, created, null) is not { } first)
        {
            return created;
        }

        created.Dispose();
        return first;
    }
}
