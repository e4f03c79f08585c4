using System.Net;
using Culvert.Endpoints;
using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Host.Output;
using Culvert.Options;
using Culvert.Tools.Views;
using Culvert.Wire;

namespace Culvert.Host.Doctor;

/// <summary>A value of the file with its place.</summary>
internal sealed record Placed<T>(T Value, SourcePosition Position);

/// <summary>One entry of <c>peers</c>.</summary>
/// <param name="Name">Its name, or the beginning of its public key.</param>
/// <param name="Position">The position of the entry.</param>
/// <param name="Endpoints">Its endpoints.</param>
/// <param name="AllowedIps">Its prefixes.</param>
/// <param name="HasKeepalive">Whether it has a keepalive.</param>
internal sealed record SitePeer(
    string Name, SourcePosition Position, IReadOnlyList<Placed<HostEndpoint>> Endpoints, IReadOnlyList<Placed<IPNetwork>> AllowedIps, bool HasKeepalive);

/// <summary>
/// What a pipeline file says about one site of a tunnel: the keys of <c>tun</c>, <c>encrypt</c> and <c>udp</c> or <c>tcp</c> that must agree with each other and with
/// the machine. Values that cannot be read are left out: the stages themselves report them.
/// </summary>
internal sealed class SiteFile
{
    private readonly FileNode? _tun;
    private readonly FileNode? _encrypt;
    private readonly FileNode? _network;

    private SiteFile(FileNode root)
    {
        FileNode[] stages = [.. Items(root, "stages")];
        Control = Find(root, "control") is { Scalar: { Length: > 0 } control } node
            ? new Placed<string>(Path.GetFullPath(control, node.BaseDirectory), node.Position)
            : null;
        _tun = Stage(stages, "tun");
        _encrypt = Stage(stages, "encrypt");
        _network = Stage(stages, "udp") ?? Stage(stages, "tcp");
        Peers = [.. Items(_encrypt, "peers").Select(ReadPeer)];
        Addresses = [.. Items(_tun, "addresses").Select(ReadAddress).OfType<Placed<InterfaceAddress>>()];
        Routes = [.. Items(_tun, "routes").Select(ReadPrefix).OfType<Placed<IPNetwork>>()];
        Table = Find(_tun, "table") is { } table && RouteTable.TryRead(table, out var number, out _) ? number.Number : null;
        Mark = Find(_network, "fwmark") is { } mark && FirewallMark.TryRead(mark, out var value, out _) && value.Value > 0 ? value.Value : null;
        Listen = HostEndpoint.TryParse(Text(_network, "listen"), out var listen) ? listen.Address : null;
    }

    /// <summary>The full path of the control socket; null when the file names none.</summary>
    public Placed<string>? Control { get; }

    /// <summary>Whether the file has a device.</summary>
    public bool HasDevice => _tun is not null;

    /// <summary>Whether the file has a tunnel whose peers are all in it.</summary>
    public bool KnowsPeers => _encrypt is not null && Text(_encrypt, "uapi") is null or "false" && Find(_encrypt, "peers-from") is null;

    /// <summary>The position of <c>encrypt</c>.</summary>
    public SourcePosition EncryptPosition => _encrypt!.Position;

    /// <summary>The device's name.</summary>
    public string Device => Text(_tun, "device") ?? new TunOptions().Device;

    /// <summary>The device's addresses.</summary>
    public IReadOnlyList<Placed<InterfaceAddress>> Addresses { get; }

    /// <summary>The listed routes.</summary>
    public IReadOnlyList<Placed<IPNetwork>> Routes { get; }

    /// <summary>Whether the routes are those of the peers.</summary>
    public bool HasAutoRoutes => Text(_tun, "routes") == "auto";

    /// <summary>The routing table; null for auto.</summary>
    public uint? Table { get; }

    /// <summary>The mark of the tunnel's own datagrams; null for none.</summary>
    public uint? Mark { get; }

    /// <summary>Whether the network endpoint is <c>tcp</c>.</summary>
    public bool IsTcp => Text(_network, "stage") == "tcp";

    /// <summary>Where the socket listens; null when it is not said, or the network endpoint is neither <c>udp</c> nor <c>tcp</c>.</summary>
    public IPEndPoint? Listen { get; }

    /// <summary>Whether this end knows where the other one is, and so begins.</summary>
    public bool Calls => Peers.Any(peer => peer.Endpoints.Count > 0) || Find(_network, "connect") is not null;

    /// <summary>Whether the device uses offloads.</summary>
    public bool WantsOffload => Text(_tun, "offload") != "false";

    /// <summary>The peers.</summary>
    public IReadOnlyList<SitePeer> Peers { get; }

    /// <summary>Everything that is routed into the device: listed routes, or those of the peers, and the networks of its addresses.</summary>
    public IEnumerable<IPNetwork> Routed => Routes.Select(route => route.Value).Concat(Addresses.Select(address => address.Value.Network))
        .Concat(HasAutoRoutes ? Peers.SelectMany(peer => peer.AllowedIps.Select(prefix => prefix.Value)) : []);

    /// <summary>This end's public key, from its private key; null when that cannot be read.</summary>
    public string? PublicKey()
    {
        try
        {
            var file = Text(_encrypt, "private-key-file");
            var key = file is null ? Text(_encrypt, "private-key") : File.ReadAllText(Path.GetFullPath(file, _encrypt!.BaseDirectory));
            return key is not null && X25519Text.TryGetPublic(key, out var publicKey) ? publicKey : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads a file.</summary>
    /// <returns>Null when it cannot be read.</returns>
    public static SiteFile? Read(string path) => PipelineTree.Read(path) is FileNode root ? new SiteFile(root) : null;

    /// <summary>Reads the text of a file that need not exist.</summary>
    /// <returns>Null when it is no pipeline.</returns>
    public static SiteFile? Read(string text, string path) => PipelineTree.Read(text, path) is FileNode root ? new SiteFile(root) : null;

    private static SitePeer ReadPeer(FileNode node)
    {
        var endpoint = Find(node, "endpoint");
        FileNode[] endpoints = endpoint is null ? [] : endpoint.FileItems is { } list ? [.. list] : [endpoint];
        var key = Text(node, "public-key") ?? "?";
        return new SitePeer(
            Text(node, "name") ?? PeerView.ShortKey(key), node.Position,
            [.. endpoints.Select(one => ReadEndpoint(Find(one, "to") ?? one)).OfType<Placed<HostEndpoint>>()],
            [.. Items(node, "allowed-ips").Select(ReadPrefix).OfType<Placed<IPNetwork>>()],
            Text(node, "keepalive") is { } keepalive && keepalive.Any(letter => letter is >= '1' and <= '9'));
    }

    private static Placed<IPNetwork>? ReadPrefix(FileNode node) =>
        AddressText.TryParsePrefix(node.Scalar, out var address, out var length) ? new(AddressText.NetworkOf(address, length), node.Position) : null;

    private static Placed<InterfaceAddress>? ReadAddress(FileNode node) =>
        InterfaceAddress.TryParse(node.Scalar, out var address) ? new(address, node.Position) : null;

    private static Placed<HostEndpoint>? ReadEndpoint(FileNode node) =>
        HostEndpoint.TryParse(node.Scalar, out var endpoint) ? new(endpoint, node.Position) : null;

    private static FileNode? Stage(IEnumerable<FileNode> stages, string name) =>
        stages.FirstOrDefault(stage => Text(stage, "stage") == name && Text(stage, "enabled") != "false");

    private static FileNode? Find(FileNode? node, string key) => node?.Find(key)?.Value;

    private static string? Text(FileNode? node, string key) => Find(node, key)?.Scalar;

    private static IReadOnlyList<FileNode> Items(FileNode? node, string key) => Find(node, key)?.FileItems ?? [];
}
