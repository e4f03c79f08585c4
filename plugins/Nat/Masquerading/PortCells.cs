using System.Runtime.CompilerServices;
using Culvert.Endpoints.Flows;

namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>
/// The ports of the shared address for one protocol: which mapping has each. A mapping's own set is held while its port is taken or
/// released. Any thread may use it.
/// </summary>
/// <param name="mappings">The mappings.</param>
/// <param name="random">Chooses ports.</param>
internal sealed class PortCells(SharedTable<MappingKey, Mapping> mappings, Random random)
{
    // Bounds the work for one packet. With half of the ports in use, all that are tried are busy once in 2^256.
    private const int MaxProbes = 256;

    // RFC 4787 REQ-3 and REQ-4: a system port becomes one, and the parity stays if it can.
    private const int FirstUserPort = 1024;
    private const int FirstSystemPort = 512;
    private const int Step = 2;

    // The place of the mapping, plus 1; 0 for a free port.
    private readonly int[] _cells = new int[ushort.MaxValue + 1];

    /// <summary>Finds the mapping that has a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="place">The mapping's place; it may lose the port before its set is held.</param>
    public bool TryFind(ushort port, out int place)
    {
        place = Volatile.Read(ref _cells[port]) - 1;
        return place >= 0;
    }

    /// <summary>Frees a port.</summary>
    public void Release(ushort port) => Volatile.Write(ref _cells[port], 0);

    /// <summary>Takes the host's own port where it is free, or another of its kind.</summary>
    /// <param name="wanted">The host's port.</param>
    /// <param name="set">The mapping's set.</param>
    /// <param name="place">The mapping's place.</param>
    /// <param name="now">The time.</param>
    /// <param name="port">The port.</param>
    /// <returns><see langword="false"/> when no port was found in time.</returns>
    public bool TryTake(ushort wanted, in SharedTable<MappingKey, Mapping>.Set set, int place, long now, out ushort port)
    {
        port = wanted;
        if (TryTakeOne(port, set, place, now))
        {
            return true;
        }

        var first = wanted < FirstUserPort ? FirstSystemPort : FirstUserPort;
        var count = wanted < FirstUserPort ? FirstUserPort - FirstSystemPort : _cells.Length - FirstUserPort;
        var start = (random.Next(count) & ~1) | (wanted & 1);
        for (var probe = 0; probe < 2 * MaxProbes; probe++)
        {
            var parity = probe / MaxProbes;
            port = (ushort)(first + (((start ^ parity) + (probe * Step)) % count));
            if (TryTakeOne(port, set, place, now))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryTakeOne(ushort port, in SharedTable<MappingKey, Mapping>.Set set, int place, long now)
    {
        var holder = Volatile.Read(ref _cells[port]);
        if (holder == 0)
        {
            return Interlocked.CompareExchange(ref _cells[port], place + 1, 0) == 0;
        }

        // An expired mapping gives its port up. Its set must not be waited for: its holder may wait for this one.
        if (set.Contains(holder - 1))
        {
            return TryTakeOver(port, holder, set, place, now);
        }

        if (!mappings.TryHold(holder - 1, out var other))
        {
            return false;
        }

        using (other)
        {
            return TryTakeOver(port, holder, other, place, now);
        }
    }

    private bool TryTakeOver(ushort port, int holder, in SharedTable<MappingKey, Mapping>.Set set, int place, long now)
    {
        if (!Unsafe.IsNullRef(ref set.At(holder - 1, now))
            || Interlocked.CompareExchange(ref _cells[port], place + 1, holder) != holder)
        {
            return false;
        }

        set.Free(holder - 1);
        return true;
    }
}
