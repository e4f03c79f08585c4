using System.Net.Sockets;
using System.Numerics;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Tun.Windows.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>The host's end of a pipeline on Windows: a Wintun adapter. What the host routes into it goes outbound; what comes inbound the
/// host receives.</summary>
[SupportedOSPlatform("windows")]
[Stage("tun", "The host's end: a Wintun adapter with its addresses, routes and MTU.")]
public sealed class TunStage : IPacketEndpoint, IStageDefinition<TunOptions>, ICountedStage, IStatusSource, IDisposable
{
    /// <summary>RFC 8200 section 5.</summary>
    private const int MinIpv6Mtu = 1280;

    private readonly TunOptions _options;
    private readonly TunDevice _device;
    private readonly TunCounters _counters;
    private readonly TunSource _source;

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

        _options = options;
        _device = new TunDevice(options, context);
        _counters = new TunCounters(context.Counters);
        _source = new TunSource(_device.Session, context, _counters);
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters) => _ = new TunCounters(counters);

    /// <inheritdoc/>
    public static StageShape Shape(TunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var usesIpv6 = options.Addresses.Any(address => address.IsIpv6)
            || options.Routes.Any(route => route.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6);
        return StageShape.HostEndpoint(PacketKind.Ip, new()
        {
            Mtu = options.Mtu.Bytes,
            MinMtu = usesIpv6 ? MinIpv6Mtu : 0,
            Device = options.Device,
        });
    }

    /// <inheritdoc/>
    public static void Validate(TunOptions options, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        if (options.Device.Length is 0 or > Wintun.LongestName || options.Device.Any(char.IsControl))
        {
            report.Error("device", $"'{options.Device}' is not a valid adapter name", $"use 1 to {Wintun.LongestName} characters");
        }

        if (!BitOperations.IsPow2(options.RingCapacity.Bytes))
        {
            report.Error(
                "ring-capacity", $"{options.RingCapacity} is not a power of two", "use one from 128KiB to 64MiB, for example 8MiB");
        }

        if (options.Mtu.Bytes < MinIpv6Mtu && options.Addresses.Any(address => address.IsIpv6))
        {
            report.Error(
                "mtu", $"{options.Mtu} is below the minimum of IPv6, but the adapter has an IPv6 address",
                $"use at least {MinIpv6Mtu}, or remove the IPv6 addresses");
        }
    }

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
        ["routes"] = new JsonArray([.. _options.Routes.Select(route => JsonValue.Create(route.ToString()))]),
    };

    /// <summary>Takes back what was set, and closes the adapter.</summary>
    public void Dispose() => _device.Dispose();
}
