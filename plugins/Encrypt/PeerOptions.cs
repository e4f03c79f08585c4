using System.Net;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt;

/// <summary>One entry of <c>peers</c>.</summary>
public sealed record PeerOptions
{
    /// <summary>Who the peer is.</summary>
    [Option("The peer's public key.",
        Example = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=")]
    public required PublicKey PublicKey { get; init; }

    /// <summary>A file with a key that both ends share besides.</summary>
    [Option("A file with a key of 32 bytes in base64 that both ends share besides their own keys.", Default = "none")]
    public SecretFile? PresharedKeyFile { get; init; }

    /// <summary>The same key in the file itself.</summary>
    [Option("The same key written here; a file is the better place.", Default = "none", Secret = true)]
    public InlineKey? PresharedKey { get; init; }

    /// <summary>Where the peer is.</summary>
    [Option("The peer's host name or address and port; not needed for a peer that calls in, whose address is then learnt.",
        Default = "learnt", Example = "203.0.113.7:51820")]
    public HostEndpoint? Endpoint { get; init; }

    /// <summary>Which inner addresses are the peer's.</summary>
    [Option("The prefixes behind the peer: what is sent to it, and the only sources accepted from it.",
        Example = "[10.99.0.2/32, 10.81.0.0/16]")]
    public IReadOnlyList<IPNetwork> AllowedIps { get; init; } = [];

    /// <summary>Persistent keepalive.</summary>
    [Option("How often an empty message is sent when nothing else is, to keep a NAT's or firewall's way open; 0s for never.",
        Min = 0, Max = 65535, Example = "25s")]
    public TimeSpan Keepalive { get; init; }
}
