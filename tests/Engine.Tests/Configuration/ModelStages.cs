using System.Diagnostics.CodeAnalysis;
using System.Net;
using Culvert.Endpoints;
using Culvert.Engine.Plugins;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Engine.Tests.Configuration;

/// <summary>Stages with the names and shapes of the real ones, and options of every type, for tests of the file and of the plan.</summary>
internal static class ModelStages
{
    public static FixedStages All { get; } = new(
        StageType.Of<TunModel, TunModelOptions>(), StageType.Of<ClampModel, ClampModelOptions>(), StageType.Of<EncryptModel, EncryptModelOptions>(),
        StageType.Of<PlainModel, NoOptions>(), StageType.Of<UdpModel, UdpModelOptions>(), StageType.Of<MoodyModel, MoodyModelOptions>());
}

internal sealed record NoOptions;

internal sealed record TunModelOptions
{
    [Option("The device's name.", Example = "culvert0")]
    public required string Device { get; init; }

    [Option("Addresses.")]
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    [Option("Routes.")]
    public IReadOnlyList<IPNetwork> Routes { get; init; } = [];

    [Option("The device's MTU.", Min = 68, Max = 65535, Default = "auto")]
    public int? Mtu { get; init; }
}

[Stage("tun", "A host end.")]
internal sealed class TunModel : IPacketEndpoint, IStageDefinition<TunModelOptions>
{
    public static StageShape Shape(TunModelOptions options) =>
        StageShape.HostEndpoint(
            PacketKind.Ip, new() { Mtu = options.Mtu, MinMtu = options.Addresses.Any(address => address.IsIpv6) ? 1280 : 0 });

    public void Receive(PacketFiller filler)
    {
    }

    public void Wake()
    {
    }
}

internal enum ClampDirection
{
    Both,
    Outbound,
    Inbound,
}

internal sealed record ClampModelOptions
{
    [Option("Which way.")]
    public ClampDirection Direction { get; init; }

    [Option("Adds a missing option.")]
    public bool InsertMissing { get; init; }

    [Option("The least MTU at which the stage agrees to work.")]
    public int NeedsMtu { get; init; }
}

[Stage("mss-clamp", "Clamps.")]
internal sealed class ClampModel : IPacketStage, IStageDefinition<ClampModelOptions>
{
    public static StageShape Shape(ClampModelOptions options) => StageShape.Through(PacketKind.Ip, HeaderFields.TcpMss);

    public static void ValidatePlan(ClampModelOptions options, StagePlan plan, OptionsReport report)
    {
        if (plan.Mtu < options.NeedsMtu)
        {
            report.Error("needs-mtu", $"the plan leaves {plan.Mtu} bytes: {plan.Derivation}", "need less");
        }
    }
}

internal sealed record PeerModel
{
    [Option("The peer's key.", Secret = true, Example = "base64")]
    public required KeyModel PublicKey { get; init; }

    [Option("Where it is.")]
    public HostEndpoint? Endpoint { get; init; }

    [Option("Its networks.")]
    public IReadOnlyList<IPNetwork> AllowedIps { get; init; } = [];

    [Option("How often a keepalive is sent.", Min = 1, Max = 65535)]
    public TimeSpan? Keepalive { get; init; }
}

internal sealed record EncryptModelOptions
{
    [Option("The file with the key.", Example = "site.key")]
    public SecretFile? PrivateKeyFile { get; init; }

    [Option("The key itself.", Secret = true)]
    public KeyModel? PrivateKey { get; init; }

    [Option("A numeric secret.", Secret = true, Min = 1, Max = 9)]
    public int Pin { get; init; } = 1;

    [Option("The peers.")]
    public IReadOnlyList<PeerModel> Peers { get; init; } = [];
}

/// <summary>A secret that says too much when it cannot be read, to show that the host does not pass it on.</summary>
internal sealed record KeyModel(string Text) : IOptionValue<KeyModel>
{
    public static string Expected => "32 bytes in base64";

    public static string JsonSchema => """{"type":"string"}""";

    public static bool TryRead(OptionNode node, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out KeyModel? value, out string? error)
    {
        value = node.Scalar is { Length: 44 } text ? new KeyModel(text) : null;
        error = $"it is {node.Describe()}";
        return value is not null;
    }
}

[Stage("encrypt", "Seals.")]
internal sealed class EncryptModel : IPacketStage, IStageDefinition<EncryptModelOptions>
{
    public static StageShape Shape(EncryptModelOptions options) => new()
    {
        Above = PacketKind.Ip,
        Below = PacketKind.Datagram,
        Headroom = 16,
        Tailroom = 31,
        Overhead = 32,
        InboundReleasedFront = 16,
        InboundReleasedBack = 16,
    };

    public static void Validate(EncryptModelOptions options, OptionsReport report)
    {
        if (options.PrivateKeyFile is null && options.PrivateKey is null)
        {
            report.Error("", "there is no private key", "add private-key-file");
        }

        options.PrivateKeyFile?.Check(report, "private-key-file");
        for (var i = 0; i < options.Peers.Count; i++)
        {
            for (var j = 0; j < options.Peers[i].AllowedIps.Count; j++)
            {
                if (options.Peers[i].AllowedIps[j].PrefixLength == 0)
                {
                    report.Error($"peers[{i}].allowed-ips[{j}]", "a peer must not have everything", "give it less");
                }
            }
        }
    }
}

[Stage("plaintext", "Sends readable packets.")]
internal sealed class PlainModel : IPacketStage, IStageDefinition<NoOptions>
{
    public static StageShape Shape(NoOptions options) => new() { Above = PacketKind.Ip, Below = PacketKind.Datagram };
}

internal sealed record UdpModelOptions
{
    [Option("Where to listen.")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 0);

    [Option("The path MTU.", Min = 68, Max = 65535)]
    public int PathMtu { get; init; } = 1500;

    [Option("The socket's buffer.", Min = 65536, Max = 1 << 30)]
    public ByteSize Buffer { get; init; } = new(4 << 20);
}

[Stage("udp", "A network end.")]
internal sealed class UdpModel : IPacketEndpoint, IStageDefinition<UdpModelOptions>
{
    public static StageShape Shape(UdpModelOptions options) => StageShape.NetworkEndpoint(PacketKind.Datagram, 28, new() { PathMtu = options.PathMtu });

    public void Receive(PacketFiller filler)
    {
    }

    public void Wake()
    {
    }
}

internal sealed record MoodyModelOptions
{
    [Option("Throw where: none, validate, shape.")]
    public string Throw { get; init; } = "none";

    [Option("The kind of shape: good, null, negative, huge, facts, endpoint.")]
    public string Kind { get; init; } = "good";

    [Option("Throws when it is set.")]
    public string Setter { get; init => throw new InvalidOperationException($"I do not take {value}."); } = "good";

    [Option("Throws when it is read.")]
    public MoodyValue? Value { get; init; }

    [Option("Throws when it is read, with the secret in the message.", Secret = true)]
    public MoodyValue? Password { get; init; }
}

/// <summary>Reads itself only on good days.</summary>
internal sealed record MoodyValue : IOptionValue<MoodyValue>
{
    public static string Expected => "anything";

    public static string JsonSchema => "no JSON";

    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out MoodyValue? value, out string? error) =>
        throw new InvalidOperationException($"I do not read {node.Scalar}.");
}

[Stage("moody", "Throws.")]
internal sealed class MoodyModel : IPacketStage, IStageDefinition<MoodyModelOptions>
{
    public static StageShape Shape(MoodyModelOptions options) =>
        options.Throw == "shape" ? throw new InvalidOperationException("No shape today.") : options.Kind switch
        {
            "null" => null!,
            "negative" => StageShape.Through(PacketKind.Ip) with { Headroom = -1, Overhead = -20 },
            "huge" => StageShape.Through(PacketKind.Ip) with { Headroom = int.MaxValue },
            "facts" => StageShape.Through(PacketKind.Ip) with { Host = new() { Mtu = 1000 } },
            "endpoint" => StageShape.HostEndpoint(PacketKind.Ip),
            _ => StageShape.Through(PacketKind.Ip),
        };

    public static void Validate(MoodyModelOptions options, OptionsReport report)
    {
        if (options.Throw == "validate")
        {
            throw new InvalidOperationException("Not in the mood.");
        }
    }
}
