using System.Diagnostics;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard.Noise;

/// <summary>
/// One run of the Noise pattern IKpsk2 in either role (Noise specification, revision 34, sections 5.3, 7.5 and 9):
/// <code>
/// IKpsk2:
///   ← s
///   …
///   → e, es, s, ss
///   ← e, ee, se, psk
/// </code>
/// The caller lays out the messages; this writes and reads their parts. A message that proves bad leaves the initiator's state as it
/// was, so that a forged response does not end a handshake. Not thread-safe. Disposing wipes it.
/// </summary>
internal sealed class NoiseHandshake : IDisposable
{
    private readonly X25519Key _static;
    private readonly byte[] _remoteStatic = new byte[X25519Key.Size];
    private readonly byte[] _remoteEphemeral = new byte[X25519Key.Size];
    private SymmetricState _state;
    private X25519Key? _ephemeral;

    private NoiseHandshake(CipherSuite suite, ReadOnlySpan<byte> prologue, X25519Key localStatic)
    {
        _static = localStatic;
        _state = new SymmetricState(suite, prologue);
    }

    /// <summary>The transcript hash.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _state.HandshakeHash;

    /// <summary>The peer's static public key; for a responder known once the first message's static part was read.</summary>
    public ReadOnlySpan<byte> RemoteStatic => _remoteStatic;

    /// <summary>Begins as the initiator.</summary>
    /// <param name="suite">The cipher suite.</param>
    /// <param name="prologue">What both ends say before.</param>
    /// <param name="localStatic">Our key; it stays the caller's.</param>
    /// <param name="remoteStatic">The responder's public key.</param>
    public static NoiseHandshake Initiator(
        CipherSuite suite, ReadOnlySpan<byte> prologue, X25519Key localStatic, ReadOnlySpan<byte> remoteStatic)
    {
        var handshake = new NoiseHandshake(suite, prologue, localStatic);
        remoteStatic.CopyTo(handshake._remoteStatic);
        handshake._state.MixHash(remoteStatic);
        return handshake;
    }

    /// <summary>Begins as the responder.</summary>
    public static NoiseHandshake Responder(CipherSuite suite, ReadOnlySpan<byte> prologue, X25519Key localStatic)
    {
        var handshake = new NoiseHandshake(suite, prologue, localStatic);
        handshake._state.MixHash(localStatic.PublicKey);
        return handshake;
    }

    /// <summary>Initiator: writes the first message: e, es, s, ss, payload.</summary>
    /// <param name="ephemeral">The ephemeral key; it belongs to the handshake from here on.</param>
    /// <param name="staticStatic">The secret between the two static keys, computed once for each peer.</param>
    /// <param name="payload">What the message carries.</param>
    /// <param name="message">Where the parts go.</param>
    /// <returns>False when the responder's public key is of low order.</returns>
    public bool TryWriteFirst(X25519Key ephemeral, ReadOnlySpan<byte> staticStatic, ReadOnlySpan<byte> payload, FirstMessage message)
    {
        TakeEphemeral(ephemeral, message.Ephemeral);
        if (!_state.MixAgreement(ephemeral, _remoteStatic))
        {
            return false;
        }

        _state.EncryptAndHash(_static.PublicKey, message.Static);
        _state.MixKey(staticStatic);
        _state.EncryptAndHash(payload, message.Payload);
        return true;
    }

    /// <summary>Responder: reads the first message's e, es, s; <see cref="RemoteStatic"/> then tells who it claims to be from.</summary>
    public bool TryReadStatic(FirstMessage message)
    {
        message.Ephemeral.CopyTo(_remoteEphemeral);
        _state.MixHash(_remoteEphemeral);
        _state.MixKey(_remoteEphemeral);
        return _state.MixAgreement(_static, _remoteEphemeral) && _state.DecryptAndHash(message.Static, _remoteStatic);
    }

    /// <summary>Responder: reads the rest of the first message: ss, payload.</summary>
    public bool TryReadFirstPayload(ReadOnlySpan<byte> staticStatic, FirstMessage message, Span<byte> payload)
    {
        _state.MixKey(staticStatic);
        return _state.DecryptAndHash(message.Payload, payload);
    }

    /// <summary>Responder: writes the second message: e, ee, se, psk, payload.</summary>
    /// <returns>False when a public key of the initiator is of low order.</returns>
    public bool TryWriteSecond(
        X25519Key ephemeral, ReadOnlySpan<byte> presharedKey, ReadOnlySpan<byte> payload, SecondMessage message)
    {
        TakeEphemeral(ephemeral, message.Ephemeral);
        if (!_state.MixAgreement(ephemeral, _remoteEphemeral) || !_state.MixAgreement(ephemeral, _remoteStatic))
        {
            return false;
        }

        _state.MixKeyAndHash(presharedKey);
        _state.EncryptAndHash(payload, message.Payload);
        return true;
    }

    /// <summary>Initiator: reads the second message. When false is returned, another second message may still be read.</summary>
    public bool TryReadSecond(ReadOnlySpan<byte> presharedKey, SecondMessage message, Span<byte> payload)
    {
        Debug.Assert(_ephemeral is not null, "The first message was written.");
        var next = _state.Clone();
        next.MixHash(message.Ephemeral);
        next.MixKey(message.Ephemeral);
        var authentic = next.MixAgreement(_ephemeral, message.Ephemeral) && next.MixAgreement(_static, message.Ephemeral);
        if (authentic)
        {
            next.MixKeyAndHash(presharedKey);
            authentic = next.DecryptAndHash(message.Payload, payload);
        }

        if (!authentic)
        {
            next.Dispose();
            return false;
        }

        _state.Dispose();
        _state = next;
        return true;
    }

    /// <summary>The transport keys, after the second message: initiator to responder first.</summary>
    public (SecretBytes FromInitiator, SecretBytes FromResponder) Split() => _state.Split();

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _ephemeral?.Dispose();
        Secrets.Wipe(_remoteEphemeral);
    }

    private void TakeEphemeral(X25519Key ephemeral, Span<byte> destination)
    {
        Debug.Assert(_ephemeral is null, "One ephemeral key a run.");
        _ephemeral = ephemeral;
        ephemeral.PublicKey.CopyTo(destination);
        _state.MixHash(ephemeral.PublicKey);
        _state.MixKey(ephemeral.PublicKey);
    }
}

/// <summary>The parts of the first message, in place in the packet.</summary>
internal readonly ref struct FirstMessage(Span<byte> ephemeral, Span<byte> encryptedStatic, Span<byte> payload)
{
    /// <summary>The initiator's ephemeral public key.</summary>
    public Span<byte> Ephemeral { get; } = ephemeral;

    /// <summary>The initiator's static public key, encrypted, with its tag.</summary>
    public Span<byte> Static { get; } = encryptedStatic;

    /// <summary>The payload, encrypted, with its tag.</summary>
    public Span<byte> Payload { get; } = payload;
}

/// <summary>The parts of the second message, in place in the packet.</summary>
internal readonly ref struct SecondMessage(Span<byte> ephemeral, Span<byte> payload)
{
    /// <summary>The responder's ephemeral public key.</summary>
    public Span<byte> Ephemeral { get; } = ephemeral;

    /// <summary>The payload, encrypted, with its tag.</summary>
    public Span<byte> Payload { get; } = payload;
}
