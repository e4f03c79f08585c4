using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Endpoints;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// The host's end of a pipeline: a TUN device. What the host routes into it goes outbound; what comes inbound the host receives. Stages
/// see single packets no larger than the MTU with complete checksums; the super-packets that make it fast stay in here.
/// </summary>
[SupportedOSPlatform("linux")]
[Stage("tun", "The host's end: a TUN device with its addresses, routes and MTU.")]
public sealed class TunStage : IPollableEndpoint, IStageDefinition<TunOptions>, ICountedStage, IStatusSource, IDisposable
{
    private readonly TunOptions _options;
    private readonly TunDevice _device;
    private readonly TunQueue _queue;
    private readonly TunSource _source;
    private readonly TunSink _sink;

    /// <summary>Creates the device, or in a further lane another queue of it.</summary>
    /// <exception cref="StageStartException">It cannot be had as the options wish.</exception>
    public TunStage(TunOptions options, IEndpointContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _options = options;
        _device = context.State("device", _ => TunDevice.Open(options, context));
        _queue = _device.TakeQueue();
        var counters = new TunCounters(context.Counters);
        _source = new TunSource(_queue, context, counters);
        _sink = new TunSink(_queue, _device.Offload, counters, context.Logger);
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters) => _ = new TunCounters(counters);

    /// <inheritdoc/>
    public static StageShape Shape(TunOptions options) => TunRules.Shape(options);

    /// <inheritdoc/>
    public static void Validate(TunOptions options, OptionsReport report) => TunRules.Validate(options, report);

    /// <inheritdoc/>
    public int? Descriptor => _queue.Descriptor;

    /// <inheritdoc/>
    public void Receive(PacketFiller filler) => _source.Receive(filler);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _sink.Write(batch);
    }

    /// <inheritdoc/>
    public JsonObject GetStatus() => new()
    {
        ["device"] = _device.Name,
        ["index"] = _device.Index,
        ["mtu"] = _device.Mtu,
        ["up"] = _device.IsUp,
        ["offload"] = _device.Offload.ToString(),
        ["addresses"] = new JsonArray([.. _options.Addresses.Select(address => JsonValue.Create(address.ToString()))]),
        ["routes"] = new JsonArray([.. _options.Routes.Select(route => JsonValue.Create(route.ToString()))]),
    };

    /// <summary>Closes the queue; the device goes with the last one.</summary>
    public void Dispose()
    {
        _device.BeginClose();
        _queue.Dispose();
    }
}
