using System.Buffers.Binary;
using System.Security.Cryptography;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace EndToEnd.Tests.WireGuard;

/// <summary>Initiations of one peer, right and wrong: what a receiver has to accept or refuse.</summary>
internal sealed class HandshakeVariants : IDisposable
{
    private const int MacSize = MessageLayout.MacSize;
    private static readonly MessageLayout _layout = new(CipherSuite.Wireguard.TagSize);
    private static readonly Action<byte[], Random>[] _changes =
    [
        (_, _) => { },
        (_, _) => { },
        (_, _) => { },
        (message, random) => message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8)),
        // The authenticated part alone; mac1 is made right again.
        (message, random) => message[8 + random.Next(message.Length - 8 - (2 * MacSize))] ^= (byte)(1 << random.Next(8)),
        (message, random) => message[random.Next(1, 4)] = (byte)random.Next(1, 256),
        (message, random) => message[0] = (byte)random.Next(256),
        (message, random) => random.NextBytes(message.AsSpan()[^MacSize..]),
        (message, random) => random.NextBytes(message.AsSpan()[^(2 * MacSize)..]),
        // A point of low order as the ephemeral key.
        (message, random) => message.AsSpan(8, 32).Fill(0),
        (message, random) => message.AsSpan(8, 32).Fill((byte)random.Next(256)),
        (message, _) => message[8 + 31] |= 0x80,
    ];

    private readonly byte[] _private = RandomNumberGenerator.GetBytes(X25519Key.Size);
    private readonly X25519Key _key;
    private readonly byte[] _responder;

    /// <param name="responder">The receiver's public key.</param>
    public HandshakeVariants(byte[] responder)
    {
        _responder = responder;
        _key = X25519Key.Import(_private);
    }

    /// <summary>The peer's public key in base64.</summary>
    public string PublicKey => Convert.ToBase64String(_key.PublicKey);

    /// <summary>Makes a valid initiation.</summary>
    /// <param name="sender">The sender's index, by which an answer is known.</param>
    /// <param name="seconds">The timestamp's seconds.</param>
    public byte[] Valid(uint sender, ulong seconds)
    {
        var message = new byte[_layout.InitiationSize];
        var timestamp = new byte[MessageLayout.TimestampSize];
        BinaryPrimitives.WriteUInt64BigEndian(timestamp, seconds);
        using var shared = new SecretBytes(X25519Key.Size);
        Assert.True(_key.TryAgree(_responder, shared.Span));
        using var noise = NoiseHandshake.Initiator(CipherSuite.Wireguard, MacLabels.Identifier, _key, _responder);
        Assert.True(noise.TryWriteFirst(X25519Key.Generate(), shared.Span, timestamp, _layout.StartInitiation(message, sender)));
        AddMac1(message);
        return message;
    }

    /// <summary>Makes an initiation with a change, or none; the sender's index stays.</summary>
    public byte[] Changed(uint sender, ulong seconds, Random random)
    {
        var message = Valid(sender, seconds);
        var change = random.Next(_changes.Length + 2);
        if (change < _changes.Length)
        {
            _changes[change](message, random);
            if (random.Next(2) == 0 && change is not 8)
            {
                AddMac1(message);
            }
        }
        else if (change == _changes.Length)
        {
            message = message[..random.Next(8, message.Length)];
        }
        else
        {
            message = [.. message, .. new byte[random.Next(1, 40)]];
            AddMac1(message);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(MessageLayout.IndexOffset), sender);
        return message;
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private void AddMac1(Span<byte> message)
    {
        Span<byte> key = stackalloc byte[Blake2s.HashSize];
        MacLabels.Mac1Key(key, _responder);
        Blake2s.Mac(message[^(2 * MacSize)..^MacSize], key, message[..^(2 * MacSize)]);
    }
}
