using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Culvert.Endpoints.Flows;
using Culvert.Wire;

namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>
/// Which host the later fragments of a datagram to the shared address are for: they have no port, and follow their first. Any thread may
/// use it; nothing is allocated after construction.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class FragmentTable(TimeProvider time)
{
    /// <summary>The most datagrams.</summary>
    private const int Capacity = 4096;

    // RFC 8200 §4.5 lets a receiver wait for 60 s; Linux waits for 30 s.
    private readonly long _lifetime = 30 * time.TimestampFrequency;
    private readonly SharedTable<DatagramKey, Datagram> _datagrams = new(Capacity);

    /// <summary>Notes the host of a first fragment.</summary>
    /// <param name="ip">The fragment.</param>
    /// <param name="host">The host and its port.</param>
    /// <param name="now">The time.</param>
    public void Note(in IpView ip, in MappingKey host, long now)
    {
        var key = new DatagramKey(ip);
        using var set = _datagrams.Hold(key);
        set.Claim(key, now, out _) = new Datagram { Key = key, Host = host, Until = now + _lifetime };
    }

    /// <summary>Finds the host of a later fragment.</summary>
    /// <param name="ip">The fragment.</param>
    /// <param name="now">The time.</param>
    /// <param name="host">The host.</param>
    public bool TryFind(in IpView ip, long now, out MappingKey host)
    {
        var key = new DatagramKey(ip);
        using var set = _datagrams.Hold(key);
        ref var datagram = ref set.Find(key, now);
        var isKnown = !Unsafe.IsNullRef(ref datagram);
        host = isKnown ? datagram.Host : default;
        return isKnown;
    }

    // The destination is always the shared address.
    private readonly struct DatagramKey(in IpView ip) : ISharedKey
    {
        private readonly ulong _high = ip.IsIpv4 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(ip.Source);

        private readonly ulong _low = ip.IsIpv4
            ? BinaryPrimitives.ReadUInt32BigEndian(ip.Source)
            : BinaryPrimitives.ReadUInt64BigEndian(ip.Source[sizeof(ulong)..]);

        private readonly ulong _rest = ip.FragmentIdentification | ((ulong)ip.Protocol << 32);

        public bool Is(in DatagramKey other) => ((_high ^ other._high) | (_low ^ other._low) | (_rest ^ other._rest)) == 0;

        public ulong Hash(ReadOnlySpan<ulong> secrets) =>
            ISharedKey.Mix(ISharedKey.Mix(_high ^ secrets[0], _low ^ secrets[1]) ^ secrets[2], _rest ^ secrets[3]);
    }

    private struct Datagram : ISharedEntry<DatagramKey, Datagram>
    {
        public DatagramKey Key;
        public MappingKey Host;
        public long Until;

        public readonly long Expires => Until;

        public readonly bool Has(in DatagramKey key) => Key.Is(key);

        // The oldest.
        public static int ChooseVictim(ReadOnlySpan<Datagram> set, in DatagramKey key, long now)
        {
            var victim = 0;
            for (var i = 1; i < set.Length; i++)
            {
                victim = set[i].Until < set[victim].Until ? i : victim;
            }

            return victim;
        }
    }
}
