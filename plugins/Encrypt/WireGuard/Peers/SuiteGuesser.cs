using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Tells a person why a peer that knows our public key cannot shake hands: reads its initiation as each other suite would. At most once
/// in ten seconds, so that it costs an attacker's messages nothing. Used on the service thread only.
/// </summary>
internal sealed class SuiteGuesser(Tunnel tunnel)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _notBefore = long.MinValue;

    /// <summary>Logs what an initiation that this suite cannot read most likely is.</summary>
    /// <param name="message">A message with a valid mac1.</param>
    /// <param name="source">Where it came from.</param>
    public void Guess(Span<byte> message, DatagramEndpoint source)
    {
        if (tunnel.Clock.Now < _notBefore)
        {
            return;
        }

        _notBefore = tunnel.Clock.Now + tunnel.Clock.Ticks(Interval);
        foreach (var suite in CipherSuite.All)
        {
            if (suite != tunnel.Suite && suite.IsSupported && IsReadableAs(suite, message, out var key))
            {
                TunnelLog.OtherSuite(tunnel.Logger, source, key.ToShortString(), suite.Name, tunnel.Suite.Name);
                return;
            }
        }

        TunnelLog.Unreadable(tunnel.Logger, source);
    }

    private bool IsReadableAs(CipherSuite suite, Span<byte> message, out PublicKey key)
    {
        key = default;
        var layout = new MessageLayout(suite.TagSize);
        if (message.Length != layout.InitiationSize)
        {
            return false;
        }

        using var noise = NoiseHandshake.Responder(suite, MacLabels.Identifier, tunnel.Identity);
        var readable = noise.TryReadStatic(layout.Initiation(message));
        if (readable)
        {
            key = new PublicKey(noise.RemoteStatic);
        }

        return readable;
    }
}
