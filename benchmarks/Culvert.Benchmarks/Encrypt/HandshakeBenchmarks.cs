using BenchmarkDotNet.Attributes;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Benchmarks.Encrypt;

/// <summary>The cryptography of a handshake on one core, by role, with the secret between the static keys computed before.</summary>
[MemoryDiagnoser]
public class HandshakeBenchmarks
{
    private static readonly CipherSuite Suite = CipherSuite.Wireguard;
    private static readonly byte[] NoKey = new byte[32];

    private readonly X25519Key _left = X25519Key.Generate();
    private readonly X25519Key _right = X25519Key.Generate();
    private readonly MessageLayout _layout = new(Suite.TagSize);
    private readonly byte[] _shared = new byte[X25519Key.Size];
    private readonly byte[] _first = new byte[148];
    private readonly byte[] _second = new byte[92];
    private readonly byte[] _timestamp = new byte[MessageLayout.TimestampSize];

    [GlobalSetup]
    public void Setup()
    {
        _left.TryAgree(_right.PublicKey, _shared);
        using var initiator = Begin();
    }

    [Benchmark]
    public void Initiation() => Begin().Dispose();

    /// <summary>What a responder does for one handshake: reads the first message, writes the second, derives the keys.</summary>
    [Benchmark]
    public void Responder()
    {
        using var responder = NoiseHandshake.Responder(Suite, MacLabels.Identifier, _right);
        responder.TryReadStatic(_layout.Initiation(_first));
        responder.TryReadFirstPayload(_shared, _layout.Initiation(_first), _timestamp);
        responder.TryWriteSecond(X25519Key.Generate(), NoKey, default, _layout.StartResponse(_second, 2, 1));
        var (send, receive) = responder.Split();
        send.Dispose();
        receive.Dispose();
    }

    /// <summary>Both roles, start to end.</summary>
    [Benchmark]
    public void Both()
    {
        using var initiator = Begin();
        Responder();
        initiator.TryReadSecond(NoKey, _layout.Response(_second), default);
        var (send, receive) = initiator.Split();
        send.Dispose();
        receive.Dispose();
    }

    private NoiseHandshake Begin()
    {
        var initiator = NoiseHandshake.Initiator(Suite, MacLabels.Identifier, _left, _right.PublicKey);
        initiator.TryWriteFirst(X25519Key.Generate(), _shared, _timestamp, _layout.StartInitiation(_first, 1));
        return initiator;
    }
}
