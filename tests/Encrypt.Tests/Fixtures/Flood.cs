using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;

namespace Encrypt.Tests.Fixtures;

/// <summary>What the sender of a flood knows.</summary>
internal enum FloodKind
{
    /// <summary>Nothing: mac1 is random.</summary>
    Nothing,

    /// <summary>The public key: mac1 is right, mac2 is zero.</summary>
    Mac1,

    /// <summary>The public key: mac1 is right, mac2 is random.</summary>
    Mac1AndMac2,
}

/// <summary>Initiations of an attacker who has no key of a peer.</summary>
internal static class Flood
{
    private const int Initiation = 148;

    /// <summary>One message to an end.</summary>
    public static byte[] Message(End to, FloodKind kind)
    {
        var message = new byte[Initiation];
        Random.Shared.NextBytes(message);
        "\u0001\0\0\0"u8.CopyTo(message);
        var mac2 = message.AsSpan(Initiation - MessageLayout.MacSize);
        if (kind != FloodKind.Nothing)
        {
            Blake2s.Mac(message.AsSpan(Initiation - (2 * MessageLayout.MacSize), MessageLayout.MacSize), to.Tunnel.Local.Mac1Key, message.AsSpan(0, Initiation - (2 * MessageLayout.MacSize)));
        }

        if (kind != FloodKind.Mac1AndMac2)
        {
            mac2.Clear();
        }

        return message;
    }

    /// <summary>A forged source.</summary>
    public static DatagramEndpoint Source() =>
        DatagramEndpoint.From(new IPEndPoint(new IPAddress(Random.Shared.NextInt64(1L << 24, 1L << 32)), Random.Shared.Next(1, 65536)));
}
