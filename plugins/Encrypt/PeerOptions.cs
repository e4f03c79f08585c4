using System.Net;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Peers;

namespace Culvert.Plugins.Encrypt;

/// <summary>One entry of <c>peers</c>.</summary>
public sealed record PeerOptions
{
    /// <summary>The peer's public key.</summary>
    [Option("The peer's public key.",
        Example = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=")]
    public required PublicKey PublicKey { get; init; }

    /// <summary>The peer's name in logs and status.</summary>
    [Option("A name for the peer in logs and in status.", Default = "the first and last characters of its public key", Example = "berlin")]
    public string? Name { get; init; }

    /// <summary>The file with the preshared key.</summary>
    [Option("The file with a preshared key: 32 bytes in base64, the same at both ends, in addition to their own keys.", Default = "none")]
    public SecretFile? PresharedKeyFile { get; init; }

    /// <summary>The preshared key itself.</summary>
    [Option("The preshared key itself; a file is safer.", Default = "none", Secret = true)]
    public InlineKey? PresharedKey { get; init; }

    /// <summary>The peer's address or name, and port.</summary>
    [Option(
        "The peer's host name or address, and port, or several with the preferred one first; with source and bind-device where datagrams must leave from. "
        + "Optional for a peer that connects to this end: its address is learned.",
        Default = "learned", Example = "203.0.113.7:51820")]
    public EndpointChoices? Endpoint { get; init; }

    /// <summary>The peer's inner addresses.</summary>
    [Option("The prefixes behind the peer: destinations that are sent to it, and the only sources accepted from it.",
        Example = "[10.99.0.2/32, 10.81.0.0/16]")]
    public IReadOnlyList<IPNetwork> AllowedIps { get; init; } = [];

    /// <summary>Persistent keepalive.</summary>
    [Option("How often an empty message is sent when nothing else is, to keep NAT and firewall mappings open; 0s to disable.",
        Min = 0, Max = 65535, Example = "25s")]
    public TimeSpan Keepalive { get; init; }
}
