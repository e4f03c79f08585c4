using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Endpoints;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>The host's end of a pipeline on Windows: a Wintun adapter. What the host routes into it goes outbound; what comes inbound the
/// host receives.</summary>
[SupportedOSPlatform("windows")]
[Stage("tun", "The host's end: a Wintun adapter with its addresses, routes and MTU.")]
public sealed class TunStage : IPacketEndpoint, IStageDefinition<TunOptions>, IDisposable
{
    private readonly TunOptions _options;
    private readonly TunDevice _device;
    private readonly TunCounters _counters;
    private readonly TunSource _source;
    private readonly StagePlan _plan;

    /// <summary>Takes the adapter, or makes it.</summary>
    /// <exception cref="StageStartException">It cannot be had as the options wish.</exception>
    public TunStage(TunOptions options, IEndpointContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Lanes > 1)
        {
            throw TunStartError.OneLaneOnly(context.Lanes);
        }

        if (options.Table.Number is not (null or RouteTable.Main))
        {
            throw TunStartError.NoTables(options.Table);
        }

        (_options, _plan) = (options, context.Plan);
        _device = new TunDevice(options, context);
        _counters = new TunCounters(context.Counters);
        _source = new TunSource(_device.Session, context, _counters);
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters) => _ = new TunCounters(counters);

    /// <inheritdoc/>
    public static StageShape Shape(TunOptions options) => TunRules.Shape(options);

    /// <inheritdoc/>
    public static void Validate(TunOptions options, OptionsReport report) => TunRules.Validate(options, report);

    /// <inheritdoc/>
    public static void ValidatePlan(TunOptions options, StagePlan plan, OptionsReport report) => TunRules.ValidatePlan(options, plan, report);

    /// <inheritdoc/>
    public void Receive(PacketFiller filler) => _source.Receive(filler);

    /// <inheritdoc/>
    public void Wake() => _device.Session.Wake();

    /// <summary>Hands the batch to the host.</summary>
    public void Inbound(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var packet in batch)
        {
            switch (_device.Session.Send(packet.Data))
            {
                case SendResult.RingFull:
                    packet.Drop(_counters.RingFull);
                    break;
                case SendResult.Closing:
                    packet.Drop(_counters.DeviceDown);
                    break;
                case SendResult.Refused:
                    packet.Drop(_counters.Refused);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public JsonObject GetStatus() => new()
    {
        ["device"] = _options.Device,
        ["luid"] = _device.Luid,
        ["mtu"] = _device.Mtu,
        ["driver"] = WintunAdapter.DriverVersion,
        ["addresses"] = new JsonArray([.. _options.Addresses.Select(address => JsonValue.Create(address.ToString()))]),
        ["routes"] = new JsonArray([.. TunRules.RoutesOf(_options, _plan).Select(route => JsonValue.Create(route.ToString()))]),
    };

    /// <summary>Takes back what was set, and closes the adapter.</summary>
    public void Dispose() => _device.Dispose();
}
