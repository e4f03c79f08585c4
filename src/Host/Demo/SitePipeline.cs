using System.Globalization;
using System.Reflection;
using YamlDotNet.RepresentationModel;

namespace Culvert.Host.Demo;

/// <summary>
/// What one site's file has of its own; everything else stays as in the README's pipeline.yaml, which this program carries.
/// </summary>
internal sealed record SitePipeline
{
    private const string Resource = "pipeline.yaml";

    public required string Device { get; init; }

    public required string Address { get; init; }

    /// <summary>Null where no network is behind the other site.</summary>
    public required string? Route { get; init; }

    public required string PrivateKeyFile { get; init; }

    public required string PeerPublicKey { get; init; }

    /// <summary>Null for the site that is called and learns the other's endpoint.</summary>
    public required string? PeerEndpoint { get; init; }

    public required IReadOnlyList<string> PeerAllowedIps { get; init; }

    public required string Listen { get; init; }

    public required int PathMtu { get; init; }

    /// <summary>The README's pipeline.yaml.</summary>
    public static string Template()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"This program was built without {Resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The site's file as text.</summary>
    /// <param name="template">A pipeline.yaml with the stages tun, encrypt and udp among others.</param>
    public string Derive(string template)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(template));
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        var stages = ((YamlSequenceNode)root["stages"]).Cast<YamlMappingNode>().ToList();

        var tun = Stage(stages, "tun");
        Set(tun, "device", Device);
        Set(tun, "addresses", List(Address));
        Set(tun, "routes", Route is null ? List() : List(Route));

        var encrypt = Stage(stages, "encrypt");
        Set(encrypt, "private-key-file", PrivateKeyFile);
        Set(encrypt, "peers", new YamlSequenceNode(Peer()));

        var udp = Stage(stages, "udp");
        Set(udp, "listen", Listen);
        Set(udp, "path-mtu", PathMtu.ToString(CultureInfo.InvariantCulture));

        using var text = new StringWriter();
        yaml.Save(text, assignAnchors: false);
        return text.ToString();
    }

    private static YamlMappingNode Stage(IEnumerable<YamlMappingNode> stages, string name) =>
        stages.Single(stage => ((YamlScalarNode)stage["stage"]).Value == name);

    private static void Set(YamlMappingNode stage, string key, YamlNode value) => stage.Children[key] = value;

    private static YamlSequenceNode List(params IEnumerable<string> values) => new(values.Select(value => new YamlScalarNode(value)));

    private YamlMappingNode Peer()
    {
        var peer = new YamlMappingNode { { "public-key", PeerPublicKey }, { "allowed-ips", List(PeerAllowedIps) } };
        if (PeerEndpoint is not null)
        {
            peer.Add("endpoint", PeerEndpoint);
        }

        return peer;
    }
}
