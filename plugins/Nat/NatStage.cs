using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Nat.Mapping;
using Culvert.Plugins.Nat.Masquerading;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.Nat;

/// <summary>Translates the addresses of this side's hosts: prefix by prefix, or all of them to one address with translated ports.</summary>
[Stage("nat", "Translates addresses: prefixes one to one, or many hosts behind one address.")]
public sealed class NatStage : IPacketStage, IStageDefinition<NatOptions>
{
    private readonly IStageContext _context;
    private readonly ITranslator _translator;
    private readonly MappingTable? _mappings;
    private readonly NatCounters _outbound;
    private readonly NatCounters _inbound;

    /// <summary>Created by the host.</summary>
    public NatStage(NatOptions options, IStageContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _outbound = new NatCounters(context.Counters, "outbound");
        _inbound = new NatCounters(context.Counters, "inbound");
        var evicted = NatCounters.Evicted(context.Counters);
        if (options.Masquerade is { } address)
        {
            _mappings = context.State($"mappings-{address}-{options.Mappings}", own => new MappingTable(options.Mappings, own.Time, own.Random));
            _translator = new Masquerade(address, _mappings, context.State("fragments", own => new FragmentTable(own.Time)), evicted);
        }
        else
        {
            _translator = new PrefixTranslator(options.Map!);
        }
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters)
    {
        _ = new NatCounters(counters, "outbound");
        _ = new NatCounters(counters, "inbound");
        NatCounters.Evicted(counters);
    }

    /// <inheritdoc/>
    public static StageShape Shape(NatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Errors quote translated packets: the payload of ICMP.
        const HeaderFields addresses = HeaderFields.SourceAddress | HeaderFields.DestinationAddress | HeaderFields.Ipv4Checksum
            | HeaderFields.TransportChecksum | HeaderFields.Payload;
        const HeaderFields ports = HeaderFields.SourcePort | HeaderFields.DestinationPort | HeaderFields.Icmp;
        return StageShape.Through(PacketKind.Ip, options.Masquerade is null ? addresses : addresses | ports);
    }

    /// <inheritdoc/>
    public static void Validate(NatOptions options, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        if (options.Map is null == options.Masquerade is null)
        {
            report.Error(
                "map",
                options.Map is null ? "neither map nor masquerade" : "map and masquerade in one entry",
                "write one of 'map: {10.80.0.0/16: 10.180.0.0/16}' and 'masquerade: 10.99.0.1'; a second 'stage: nat' may have the other");
        }
        else if (options.Masquerade is { } address && !MasqueradeAddress.IsUsable(address))
        {
            report.Error("masquerade", $"{address} is no host's address", "write a unicast address");
        }
    }

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            var verdict = TryRead(packet, out var ip) ? _translator.Outbound(ip, batch.Timestamp) : NatVerdict.Malformed;
            if (verdict == NatVerdict.Hairpin)
            {
                TurnAround(packet);
            }
            else
            {
                Settle(packet, verdict, _outbound);
            }
        }

        _outbound.Publish();
    }

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            Settle(packet, TryRead(packet, out var ip) ? _translator.Inbound(ip, batch.Timestamp) : NatVerdict.Malformed, _inbound);
        }

        _inbound.Publish();
    }

    /// <inheritdoc/>
    public JsonObject GetStatus() => _mappings?.Describe() ?? [];

    /// <inheritdoc/>
    public IEnumerable<JsonObject> ListFlows(Func<FlowKey, Direction, bool> isWanted) => _mappings?.List(isWanted) ?? [];

    private static bool TryRead(Packet packet, out IpView ip) => IpView.TryParse(packet.Data, out ip) && !ip.IsTruncated;

    private static void Settle(Packet packet, NatVerdict verdict, NatCounters counters)
    {
        switch (verdict)
        {
            case NatVerdict.Translated:
                counters.Translated.Increment();
                break;
            case NatVerdict.Untouched:
                counters.Untouched.Increment();
                break;
            case NatVerdict.NoMapping:
                packet.Drop(counters.NoMapping);
                break;
            case NatVerdict.Untranslatable:
                packet.Drop(counters.Untranslatable);
                break;
            case NatVerdict.TableFull:
                packet.Drop(counters.TableFull);
                break;
            default:
                packet.Drop(counters.Malformed);
                break;
        }
    }

    private void TurnAround(Packet packet)
    {
        if (packet.TryTake(out var lease))
        {
            _context.Emit(Direction.Inbound, lease);
            _outbound.Translated.Increment();
        }
        else
        {
            packet.Drop(_outbound.NoBuffer);
        }
    }
}
