using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Culvert.Endpoints.Flows;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>
/// The mappings of all lanes: by host and port, and by the port of the shared address. Each mapping has one port, which it keeps for all
/// destinations. Any thread may use it; nothing is allocated after construction.
/// </summary>
internal sealed class MappingTable
{
    private const int Ports = ushort.MaxValue + 1;
    private const TcpFlags Ends = TcpFlags.Fin | TcpFlags.Rst;

    private readonly SharedTable<MappingKey, Mapping> _mappings;
    private readonly PortCells[] _ports;
    private readonly MappingTimes _times;
    private readonly TimeProvider _time;

    /// <summary>Creates an empty table.</summary>
    /// <param name="capacity">The most mappings, of all protocols.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Chooses ports.</param>
    public MappingTable(int capacity, TimeProvider time, Random random)
    {
        _mappings = new(capacity);
        _ports = [.. Enum.GetValues<PortSpace>().Select(_ => new PortCells(_mappings, random))];
        (_times, _time) = (new MappingTimes(time), time);
    }

    /// <summary>Finds the port of the shared address for a host's packet, and creates the mapping where there is none.</summary>
    /// <param name="key">The host and its port.</param>
    /// <param name="flags">The packet's TCP flags; none for another protocol.</param>
    /// <param name="now">The time.</param>
    /// <param name="external">The port.</param>
    /// <param name="isEvicted">Whether another mapping was evicted.</param>
    /// <returns><see langword="false"/> when the table is full or no port is free.</returns>
    public bool TryMap(in MappingKey key, TcpFlags flags, long now, out ushort external, out bool isEvicted)
    {
        using var set = _mappings.Hold(key);
        ref var mapping = ref set.Find(key, now);
        isEvicted = false;
        if (Unsafe.IsNullRef(ref mapping))
        {
            mapping = ref Create(set, key, now, out isEvicted);
            if (Unsafe.IsNullRef(ref mapping))
            {
                external = 0;
                return false;
            }
        }

        mapping.State = (flags & Ends) != 0 ? MappingState.Closing
            : (flags & TcpFlags.Syn) != 0 && mapping.State == MappingState.Closing ? MappingState.OneWay
            : mapping.State;
        mapping.Until = now + _times.Of(key.Space, mapping.State);
        external = mapping.External;
        return true;
    }

    /// <summary>Finds the host behind a port of the shared address, for a packet to it. Such a packet prolongs nothing (RFC 4787 REQ-6).</summary>
    /// <param name="space">The protocol.</param>
    /// <param name="external">The port.</param>
    /// <param name="now">The time.</param>
    /// <param name="key">The host and its port.</param>
    public bool TryFind(PortSpace space, ushort external, long now, out MappingKey key)
    {
        key = default;
        if (!_ports[(int)space].TryFind(external, out var place))
        {
            return false;
        }

        using var set = _mappings.Hold(place);
        ref var mapping = ref set.At(place, now);
        if (Unsafe.IsNullRef(ref mapping) || mapping.External != external || mapping.Key.Space != space)
        {
            return false;
        }

        mapping.State = mapping.State == MappingState.OneWay ? MappingState.TwoWay : mapping.State;
        key = mapping.Key;
        return true;
    }

    /// <summary>Finds the port of the shared address for a host and its port, and changes nothing.</summary>
    public bool TryPeek(in MappingKey key, long now, out ushort external)
    {
        using var set = _mappings.Hold(key);
        ref var mapping = ref set.Find(key, now);
        var isKnown = !Unsafe.IsNullRef(ref mapping);
        external = isKnown ? mapping.External : (ushort)0;
        return isKnown;
    }

    /// <summary>Returns the number of mappings by protocol, and of places.</summary>
    public JsonObject Describe()
    {
        var counts = new int[_ports.Length];
        _mappings.Visit(_time.GetTimestamp(), mapping => counts[(int)mapping.Key.Space]++);
        return new JsonObject
        {
            ["mappings"] = new JsonObject
            {
                ["tcp"] = counts[(int)PortSpace.Tcp],
                ["udp"] = counts[(int)PortSpace.Udp],
                ["echo"] = counts[(int)PortSpace.Echo],
                ["capacity"] = _mappings.Capacity,
            },
        };
    }

    /// <summary>Returns the wanted mappings. A mapping's destination is any, and its direction outbound.</summary>
    public IEnumerable<JsonObject> List(Func<FlowKey, Direction, bool> isWanted)
    {
        var (flows, now) = (new List<JsonObject>(), _time.GetTimestamp());
        _mappings.Visit(now, mapping =>
        {
            var key = mapping.Key.ToFlow();
            if (isWanted(key, Direction.Outbound))
            {
                var flow = FlowText.Describe(key, Direction.Outbound, Word(mapping.State), _time.GetElapsedTime(now, mapping.Until));
                flow["external-port"] = mapping.External;
                flows.Add(flow);
            }
        });
        return flows;
    }

    private static string Word(MappingState state) => state switch
    {
        MappingState.OneWay => "one-way",
        MappingState.TwoWay => "two-way",
        _ => "closing",
    };

    private ref Mapping Create(SharedTable<MappingKey, Mapping>.Set set, scoped in MappingKey key, long now, out bool isEvicted)
    {
        ref var mapping = ref set.Claim(key, now, out isEvicted);
        if (Unsafe.IsNullRef(ref mapping))
        {
            return ref mapping;
        }

        if (mapping.Until != 0)
        {
            _ports[(int)mapping.Key.Space].Release(mapping.External);
        }

        mapping = new Mapping { Key = key };
        if (!_ports[(int)key.Space].TryTake(key.Port, set, set.PlaceOf(ref mapping), now, out mapping.External))
        {
            set.Free(set.PlaceOf(ref mapping));
            return ref Unsafe.NullRef<Mapping>();
        }

        return ref mapping;
    }
}
