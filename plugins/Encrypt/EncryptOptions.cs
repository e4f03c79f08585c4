using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt;

/// <summary>The options of the stage <c>encrypt</c>.</summary>
public sealed record EncryptOptions
{
    /// <summary>The file with our private key.</summary>
    [Option("The file with this end's private key: base64, one line, as 'culvert keygen' writes it.",
        Default = "none; this or private-key is required", Example = "site.key")]
    public SecretFile? PrivateKeyFile { get; init; }

    /// <summary>The same key in the file itself.</summary>
    [Option("The private key written here; a file is the better place.", Default = "none", Secret = true)]
    public InlineKey? PrivateKey { get; init; }

    /// <summary>The cipher suite, the same at both ends.</summary>
    [Option("The cipher suite, the same at both ends: wireguard (ChaCha20-Poly1305, talks to every WireGuard), aes-256-gcm, aegis-256 or aegis-128l.")]
    public SuiteName Suite { get; init; } = SuiteName.Wireguard;

    /// <summary>The library that seals and opens packets.</summary>
    [Option("The library that seals and opens packets: openssl (Linux), cng (Windows) or libsodium; auto takes the fastest. All compute the same.")]
    public CipherLibrary CipherLibrary { get; init; } = CipherLibrary.Auto;

    /// <summary>The other ends.</summary>
    [Option("The other ends. May be empty when 'wg set' adds them.")]
    public IReadOnlyList<PeerOptions> Peers { get; init; } = [];

    /// <summary>How long an initiator uses a keypair.</summary>
    [Option("How long a keypair is used before the end that began its handshake begins the next one.", Min = 5, Max = 120)]
    public TimeSpan RekeyAfter { get; init; } = ProtocolTimes.DefaultRekeyAfter;

    /// <summary>Whether <c>wg</c> may look at the tunnel.</summary>
    [Option("Serves /var/run/wireguard/NAME.sock, so that 'wg show' and 'wg set' work: true for the name of the host end's device, or a name.")]
    public UapiName Uapi { get; init; } = UapiName.Off;
}
