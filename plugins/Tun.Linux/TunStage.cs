using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Endpoints;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux.Links;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// The host's end of a pipeline: a TUN device. What the host routes into it goes outbound; what comes inbound the host receives. Stages
/// see single packets no larger than the MTU with complete checksums; the super-packets that make it fast stay in here.
/// </summary>
[SupportedOSPlatform("linux")]
[Stage("tun", "The host's end: a TUN device with its addresses, routes and MTU.")]
public sealed class TunStage : IPacketEndpoint, IStageDefinition<TunOptions>, ILiveEndpoint<TunOptions>, IDisposable
{
    private readonly TunOptions _options;
    private readonly DeviceRouting _routing;
    private readonly TunDevice _device;
    private readonly TunLane _lane;
    private readonly LinkChange? _change;

    /// <summary>Creates the device, or in a further lane another queue of it.</summary>
    /// <exception cref="StageStartException">It cannot be had as the options wish.</exception>
    public TunStage(TunOptions options, IEndpointContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _options = options;
        _routing = DeviceRouting.Of(options, context.Plan);
        var isNew = false;
        _device = context.State("device", (IEndpointContext own) =>
        {
            isNew = true;
            return TunDevice.Open(options, own);
        });
        _lane = context.State($"lane {context.Lane}", (IEndpointContext own) => new TunLane(_device, own));
        if (!isNew && context.Lane == 0)
        {
            _change = _device.Change(options, context.Plan);
            context.Post(_change.Commit);
        }
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters) => _ = new TunCounters(counters);

    /// <inheritdoc/>
    public static string? WhyReopen(TunOptions running, TunOptions wanted)
    {
        ArgumentNullException.ThrowIfNull(running);
        ArgumentNullException.ThrowIfNull(wanted);
        return running.Device != wanted.Device ? $"its device changed from '{running.Device}' to '{wanted.Device}'"
            : running.Offload != wanted.Offload ? "its offload changed"
            : wanted.Addresses.FirstOrDefault(address => HasOtherLength(running, address)) is { } resized
                ? $"the prefix length of {resized.Address} changed"
            : null;
    }

    /// <inheritdoc/>
    public static StageShape Shape(TunOptions options) => TunRules.Shape(options);

    /// <inheritdoc/>
    public static void Validate(TunOptions options, OptionsReport report) => TunRules.Validate(options, report);

    /// <inheritdoc/>
    public static void ValidatePlan(TunOptions options, StagePlan plan, OptionsReport report) => TunRules.ValidatePlan(options, plan, report);

    /// <inheritdoc/>
    public int? Descriptor => _lane.Queue.Descriptor;

    /// <inheritdoc/>
    public void Receive(PacketFiller filler) => _lane.Source.Receive(filler);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _lane.Sink.Write(batch);
    }

    /// <inheritdoc/>
    public bool LeadsHere(in DatagramEndpoint destination, NetworkEndpointShape network) => _device.LeadsHere(destination, network);

    /// <inheritdoc/>
    public JsonObject GetStatus()
    {
        var status = new JsonObject
        {
            ["device"] = _device.Name,
            ["index"] = _device.Index,
            ["mtu"] = _device.Mtu,
            ["up"] = _device.IsUp,
            ["offload"] = _device.Offload.Current.ToString(),
        };
        if (_device.IsMoved)
        {
            status["moved"] = "to another network namespace";
            return status;
        }

        // What the device has, not what the file says: the two may differ.
        var contents = _device.Contents;
        status["addresses"] = Texts(contents.Addresses);
        status["routes"] = Texts(contents.Routes.Select(route => route.Prefix));
        if (Texts(_device.Missing(contents)) is { Count: > 0 } missing)
        {
            status["missing"] = missing;
        }

        return status;
    }

    /// <summary>Takes back a change that was not put in place. Device and queues are disposed with the entry.</summary>
    public void Dispose() => _change?.Dispose();

    private static bool HasOtherLength(TunOptions options, InterfaceAddress address) =>
        options.Addresses.Any(other => other.Address.Equals(address.Address) && other.PrefixLength != address.PrefixLength);

    private static JsonArray Texts<T>(IEnumerable<T> items) => [.. items.Select(item => (JsonNode?)JsonValue.Create(item!.ToString()))];
}
