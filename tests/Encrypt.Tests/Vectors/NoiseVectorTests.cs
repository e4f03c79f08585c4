using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Vectors;

/// <summary>Source of truth: tests/Vectors/noise (the cacophony set).</summary>
public sealed class NoiseVectorTests
{
    public static TheoryData<string> Suites => ["wireguard", "aes-256-gcm"];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Every_message_is_the_published_one_byte_for_byte(string suiteName)
    {
        var suite = CipherSuite.All.Single(candidate => candidate.Name == suiteName);
        var vector = Load(suite.NoiseName);
        var psk = Hex(vector["init_psks"]![0]);
        using var initiatorStatic = X25519Key.Import(Hex(vector["init_static"]));
        using var responderStatic = X25519Key.Import(Hex(vector["resp_static"]));
        using var initiator = NoiseHandshake.Initiator(
            suite, Hex(vector["init_prologue"]), initiatorStatic, Hex(vector["init_remote_static"]));
        using var responder = NoiseHandshake.Responder(suite, Hex(vector["resp_prologue"]), responderStatic);
        var messages = vector["messages"]!.AsArray().Select(m => (Payload: Hex(m!["payload"]), Ciphertext: Hex(m["ciphertext"]))).ToArray();
        var staticStatic = new byte[X25519Key.Size];
        Assert.True(initiatorStatic.TryAgree(responderStatic.PublicKey, staticStatic));

        var first = new byte[32 + 32 + suite.TagSize + messages[0].Payload.Length + suite.TagSize];
        Assert.True(initiator.TryWriteFirst(
            X25519Key.Import(Hex(vector["init_ephemeral"])), staticStatic, messages[0].Payload, First(first, suite)));
        Assert.Equal(messages[0].Ciphertext, first);

        var payload = new byte[messages[0].Payload.Length];
        Assert.True(responder.TryReadStatic(First(first, suite)));
        Assert.Equal(initiatorStatic.PublicKey, responder.RemoteStatic);
        Assert.True(responder.TryReadFirstPayload(staticStatic, First(first, suite), payload));
        Assert.Equal(messages[0].Payload, payload);

        var second = new byte[32 + messages[1].Payload.Length + suite.TagSize];
        Assert.True(responder.TryWriteSecond(
            X25519Key.Import(Hex(vector["resp_ephemeral"])), psk, messages[1].Payload, Second(second)));
        Assert.Equal(messages[1].Ciphertext, second);
        payload = new byte[messages[1].Payload.Length];
        Assert.True(initiator.TryReadSecond(psk, Second(second), payload));
        Assert.Equal(messages[1].Payload, payload);
        Assert.Equal(Hex(vector["handshake_hash"]), initiator.HandshakeHash);
        Assert.Equal(Hex(vector["handshake_hash"]), responder.HandshakeHash);

        CheckTransport(suite, initiator, responder, messages);
    }

    private static void CheckTransport(
        CipherSuite suite, NoiseHandshake initiator, NoiseHandshake responder, (byte[] Payload, byte[] Ciphertext)[] messages)
    {
        var (initiatorSends, responderSends) = initiator.Split();
        var (responderReceives, _) = responder.Split();
        Assert.Equal(initiatorSends.Span, responderReceives.Span);
        foreach (var factory in Implementations.Of(suite))
        {
            using var fromInitiator = factory(initiatorSends.Span[..suite.KeySize]);
            using var fromResponder = factory(responderSends.Span[..suite.KeySize]);
            for (var i = 2; i < messages.Length; i++)
            {
                var aead = i % 2 == 0 ? fromInitiator : fromResponder;
                var counter = (ulong)(i / 2) - 1;
                var sealedMessage = new byte[messages[i].Payload.Length + suite.TagSize];
                aead.Seal(counter, default, messages[i].Payload, sealedMessage);
                Assert.Equal(messages[i].Ciphertext, sealedMessage);
                Assert.True(aead.Open(counter, default, sealedMessage, sealedMessage.AsSpan(0, messages[i].Payload.Length)));
                Assert.Equal(messages[i].Payload, sealedMessage[..messages[i].Payload.Length]);
            }
        }
    }

    private static FirstMessage First(byte[] message, CipherSuite suite) =>
        new(message.AsSpan(0, 32), message.AsSpan(32, 32 + suite.TagSize), message.AsSpan(64 + suite.TagSize));

    private static SecondMessage Second(byte[] message) => new(message.AsSpan(0, 32), message.AsSpan(32));

    private static byte[] Hex(JsonNode? node) => Convert.FromHexString(node!.GetValue<string>());

    private static JsonNode Load(string protocol, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "Vectors", "noise", "noise-ikpsk2.json");
        return JsonNode.Parse(File.ReadAllText(path))!["vectors"]!.AsArray()
            .Single(vector => vector!["protocol_name"]!.GetValue<string>() == protocol)!;
    }
}
