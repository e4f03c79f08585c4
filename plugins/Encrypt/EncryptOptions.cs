using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt;

/// <summary>The options of the stage <c>encrypt</c>.</summary>
public sealed record EncryptOptions
{
    /// <summary>The file with this end's private key.</summary>
    [Option("The file with this end's private key: base64, one line, as 'culvert keygen' writes it.",
        Default = "none; this or private-key is required, unless uapi is on", Example = "site.key")]
    public SecretFile? PrivateKeyFile { get; init; }

    /// <summary>The private key itself.</summary>
    [Option("The private key itself; a file is safer.", Default = "none", Secret = true)]
    public InlineKey? PrivateKey { get; init; }

    /// <summary>The cipher suite, the same at both ends.</summary>
    [Option("The cipher suite, the same at both ends: wireguard (ChaCha20-Poly1305, talks to every WireGuard), aes-256-gcm, aegis-256 or aegis-128l.")]
    public SuiteName Suite { get; init; } = SuiteName.Wireguard;

    /// <summary>The library that seals and opens packets.</summary>
    [Option("The library that seals and opens packets: openssl (Linux), cng (Windows) or libsodium; auto takes the fastest. All compute the same.")]
    public CipherLibrary CipherLibrary { get; init; } = CipherLibrary.Auto;

    /// <summary>The peers.</summary>
    [Option("The peers. May be empty if 'wg set' adds them.")]
    public IReadOnlyList<PeerOptions> Peers { get; init; } = [];

    /// <summary>The folder with files of more peers.</summary>
    [Option("A folder with more peers: each .yaml file in it has the keys of one peer, or a list of peers. A reload sees added and removed files.",
        AddsTo = nameof(Peers), Default = "none", Example = "peers.d")]
    public FilePath? PeersFrom { get; init; }

    /// <summary>The time after which an initiator renews a keypair.</summary>
    [Option("The age at which the end that began a handshake begins the next one.", Min = 5, Max = 120)]
    public TimeSpan RekeyAfter { get; init; } = ProtocolTimes.DefaultRekeyAfter;

    /// <summary>The DSCP of datagrams.</summary>
    [Option("The DSCP of datagrams: none (0), copy (that of the packet inside, which an observer then sees), or a number from 0 to 63.", Default = "none")]
    public DscpSetting Dscp { get; init; } = DscpSetting.None;

    /// <summary>Whether <c>wg</c> works on the tunnel.</summary>
    [Option("Serves /var/run/wireguard/NAME.sock, so that 'wg show' and 'wg set' work: true for the device name of the host endpoint, or a name.")]
    public UapiName Uapi { get; init; } = UapiName.Off;
}
