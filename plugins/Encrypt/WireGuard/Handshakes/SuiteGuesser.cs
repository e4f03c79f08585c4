using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Logs why a peer that knows this end's public key cannot complete a handshake: reads its initiation with each other suite. At most once
/// in 10 s, so that an attacker's messages cost next to nothing. Used on the service thread only.
/// </summary>
internal sealed class SuiteGuesser(LocalEnd local)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _notBefore = long.MinValue;

    /// <summary>Logs what an initiation that this suite cannot read most likely is.</summary>
    /// <param name="message">A message with a valid mac1.</param>
    /// <param name="source">Where it came from.</param>
    public void Guess(Span<byte> message, DatagramEndpoint source)
    {
        if (local.Clock.Now < _notBefore)
        {
            return;
        }

        _notBefore = local.Clock.Now + local.Clock.Ticks(Interval);
        foreach (var suite in CipherSuite.All)
        {
            if (suite != local.Suite && suite.IsSupported && IsReadableAs(suite, message, out var key))
            {
                TunnelLog.OtherSuite(local.Logger, source, key.ToShortString(), suite.Name, local.Suite.Name);
                return;
            }
        }

        TunnelLog.Unreadable(local.Logger, source);
    }

    private bool IsReadableAs(CipherSuite suite, Span<byte> message, out PublicKey key)
    {
        key = default;
        var layout = new MessageLayout(suite.TagSize);
        if (message.Length != layout.InitiationSize)
        {
            return false;
        }

        using var noise = NoiseHandshake.Responder(suite, MacLabels.Identifier, local.Identity);
        var readable = noise.TryReadStatic(layout.Initiation(message));
        if (readable)
        {
            key = new PublicKey(noise.RemoteStatic);
        }

        return readable;
    }
}
