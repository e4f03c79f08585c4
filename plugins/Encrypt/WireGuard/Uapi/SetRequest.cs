using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>
/// A set request of WireGuard's cross-platform interface (wireguard.com/xplatform), read as a whole before anything is changed. Keys are
/// read from bytes and never become strings. Disposing wipes them.
/// </summary>
internal sealed class SetRequest : IDisposable
{
    private const int HexKeyLength = 2 * KeyText.KeySize;

    private readonly List<PeerChange> _peers = [];
    private PeerChange? _peer;

    private SetRequest()
    {
    }

    public SecretBytes? PrivateKey { get; private set; }

    public bool ReplacePeers { get; private set; }

    public int? ListenPort { get; private set; }

    public uint? Fwmark { get; private set; }

    public IReadOnlyList<PeerChange> Peers => _peers;

    /// <summary>Reads the lines after <c>set=1</c>.</summary>
    /// <param name="text">Lines ended by line feeds, without the empty one at the end.</param>
    /// <param name="request">The request; null when there is an error.</param>
    public static UapiErrno Parse(ReadOnlySpan<byte> text, out SetRequest? request)
    {
        request = new SetRequest();
        var error = UapiErrno.None;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (!line.IsEmpty && (error = request.ReadLine(line)) != UapiErrno.None)
            {
                request.Dispose();
                request = null;
                return error;
            }
        }

        return error;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        PrivateKey?.Dispose();
        foreach (var peer in _peers)
        {
            peer.Dispose();
        }
    }

    private static bool TryReadKey(ReadOnlySpan<byte> hex, Span<byte> key) =>
        hex.Length == HexKeyLength && Convert.FromHexString(hex, key, out _, out var written) == OperationStatus.Done
        && written == key.Length;

    private static bool TryReadNumber(ReadOnlySpan<byte> text, uint max, out uint number) =>
        Utf8Parser.TryParse(text, out number, out var consumed) && consumed == text.Length && number <= max;

    private static SecretBytes? ReadSecret(ReadOnlySpan<byte> hex)
    {
        var secret = new SecretBytes(KeyText.KeySize);
        if (TryReadKey(hex, secret.Span))
        {
            return secret;
        }

        secret.Dispose();
        return null;
    }

    private UapiErrno ReadLine(ReadOnlySpan<byte> line)
    {
        var equals = line.IndexOf((byte)'=');
        if (equals <= 0)
        {
            return UapiErrno.Protocol;
        }

        var key = line[..equals];
        var value = line[(equals + 1)..];
        if (key.SequenceEqual("public_key"u8))
        {
            return StartPeer(value);
        }

        var valid = _peer is null ? ReadInterfaceLine(key, value) : ReadPeerLine(_peer, key, value);
        return valid ? UapiErrno.None : UapiErrno.Invalid;
    }

    private UapiErrno StartPeer(ReadOnlySpan<byte> value)
    {
        Span<byte> bytes = stackalloc byte[PublicKey.Size];
        if (!TryReadKey(value, bytes))
        {
            return UapiErrno.Invalid;
        }

        _peer = new PeerChange(new PublicKey(bytes));
        _peers.Add(_peer);
        return UapiErrno.None;
    }

    private bool ReadInterfaceLine(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        switch (Encoding.ASCII.GetString(key))
        {
            case "private_key":
                PrivateKey?.Dispose();
                PrivateKey = ReadSecret(value);
                return PrivateKey is not null;
            case "listen_port":
                var isPort = TryReadNumber(value, ushort.MaxValue, out var port);
                ListenPort = (int)port;
                return isPort;
            case "fwmark":
                var isMark = TryReadNumber(value, uint.MaxValue, out var mark);
                Fwmark = mark;
                return isMark;
            case "replace_peers":
                return ReplacePeers = IsTrue(value);
            default:
                return false;
        }
    }

    private static bool ReadPeerLine(PeerChange peer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        switch (Encoding.ASCII.GetString(key))
        {
            case "update_only":
                return peer.UpdateOnly = IsTrue(value);
            case "remove":
                return peer.Remove = IsTrue(value);
            case "replace_allowed_ips":
                peer.AllowedIps.Clear();
                return peer.ReplaceAllowedIps = IsTrue(value);
            case "preshared_key":
                peer.PresharedKey?.Dispose();
                peer.PresharedKey = ReadSecret(value);
                return peer.PresharedKey is not null;
            case "endpoint":
                var isEndpoint = HostEndpoint.TryParse(Encoding.ASCII.GetString(value), out var endpoint);
                peer.Endpoint = endpoint;
                return isEndpoint;
            case "persistent_keepalive_interval":
                var isInterval = TryReadNumber(value, ushort.MaxValue, out var seconds);
                peer.Keepalive = TimeSpan.FromSeconds(seconds);
                return isInterval;
            case "allowed_ip":
                return ReadAllowedIp(peer, value);
            case "protocol_version":
                return value.SequenceEqual("1"u8);
            default:
                return false;
        }
    }

    private static bool ReadAllowedIp(PeerChange peer, ReadOnlySpan<byte> value)
    {
        var add = !value.StartsWith("-"u8);
        var text = Encoding.ASCII.GetString(add ? value : value[1..]);
        if (!text.Contains('/', StringComparison.Ordinal) || !AddressText.TryParsePrefix(text, out var address, out var length))
        {
            return false;
        }

        peer.AllowedIps.Add((add, AddressText.NetworkOf(address, length)));
        return true;
    }

    private static bool IsTrue(ReadOnlySpan<byte> value) => value.SequenceEqual("true"u8);
}
