using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Logs why a peer that knows this end's public key cannot complete a handshake: reads its initiation with each other suite. Used on the
/// service thread only.
/// </summary>
/// <param name="local">This end.</param>
/// <param name="peers">The peers, which know why they failed.</param>
/// <param name="refusals">Limits the guesses.</param>
internal sealed class SuiteGuesser(LocalEnd local, PeerTable peers, RefusalLog refusals)
{
    /// <summary>Logs what an initiation that this suite cannot read most likely is.</summary>
    /// <param name="message">A message with a valid mac1.</param>
    /// <param name="source">Where it came from.</param>
    public void Guess(Span<byte> message, DatagramEndpoint source)
    {
        if (!refusals.MayLog(Refusal.UnreadableInitiation))
        {
            return;
        }

        foreach (var suite in CipherSuite.All)
        {
            if (suite != local.Suite && suite.IsSupported && IsReadableAs(suite, message, out var key))
            {
                peers.TryGet(key, out var peer);
                peer?.Reachability.NoteFailure($"the peer most likely uses suite {suite.Name}, but this end has suite {local.Suite.Name}");
                TunnelLog.OtherSuite(local.Logger, source, peer?.Name ?? key.ToShortString(), suite.Name, local.Suite.Name);
                return;
            }
        }

        TunnelLog.Unreadable(local.Logger, source);
    }

    /// <summary>Whoever knows both public keys can write a peer's key into an initiation; only the peer can write the timestamp.</summary>
    private bool IsReadableAs(CipherSuite suite, Span<byte> message, out PublicKey key)
    {
        key = default;
        var layout = new MessageLayout(suite.TagSize);
        if (message.Length != layout.InitiationSize)
        {
            return false;
        }

        using var noise = NoiseHandshake.Responder(suite, MacLabels.Identifier, local.Identity);
        if (!noise.TryReadStatic(layout.Initiation(message)))
        {
            return false;
        }

        key = new PublicKey(noise.RemoteStatic);
        return !peers.TryGet(key, out var peer) || peer.Handshake.IsAuthentic(noise, layout.Initiation(message));
    }
}
