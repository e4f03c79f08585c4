using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Culvert.Wire;

namespace Culvert.Algorithms;

/// <summary>
/// Longest-prefix match over IPv4 and IPv6 prefixes (RFC 4632 §5.1): which entry of a routing, policy or translation table an address belongs
/// to. Immutable, so any thread may look up; to change it, swap in the table that <c>With</c> or <see cref="Without"/> returns:
/// <code>
/// _routes = _routes.With(IPNetwork.Parse("10.1.0.0/16"), site);   // a volatile field, written by one thread
/// var site = _routes.Lookup(ip.Destination);                      // on the data path, no allocation
/// </code>
/// A look-up takes about 10 ns with 1,000 prefixes and 20 ns with 100,000. Building takes time in proportion to the number of prefixes, but
/// for sorting them. A change builds up to 1,024 neighbouring prefixes anew, some 10 µs, and takes longer only for a prefix that many longer
/// ones lie in.
/// </summary>
/// <typeparam name="TValue">The type of a prefix's value.</typeparam>
public sealed class PrefixTable<TValue>
    where TValue : class
{
    // Null for none: a start without IPv6 compiles no code for it.
    private readonly PrefixSet<uint, TValue>? _ipv4;
    private readonly PrefixSet<UInt128, TValue>? _ipv6;

    /// <summary>Builds a table.</summary>
    /// <param name="prefixes">The prefixes and their values. The later of two values for one prefix counts.</param>
    public PrefixTable(IEnumerable<KeyValuePair<IPNetwork, TValue>> prefixes)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        var (ipv4, ipv6) = Split(prefixes!);
        _ipv4 = Build(ipv4);
        _ipv6 = Build(ipv6);
    }

    private PrefixTable(PrefixSet<uint, TValue>? ipv4, PrefixSet<UInt128, TValue>? ipv6) => (_ipv4, _ipv6) = (ipv4, ipv6);

    /// <summary>The number of prefixes of both families.</summary>
    public int Count => (_ipv4?.Count ?? 0) + (_ipv6?.Count ?? 0);

    /// <summary>Returns the value of the longest prefix that contains an address, or null.</summary>
    /// <param name="address">4 or 16 bytes in network order, for example <see cref="IpView.Destination"/>.</param>
    /// <exception cref="ArgumentException">The address has another length.</exception>
    public TValue? Lookup(ReadOnlySpan<byte> address) => address.Length switch
    {
        Ipv4View.AddressLength => _ipv4?.Lookup(BinaryPrimitives.ReadUInt32BigEndian(address)),
        Ipv6View.AddressLength => _ipv6?.Lookup(BinaryPrimitives.ReadUInt128BigEndian(address)),
        _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {address.Length}.", nameof(address)),
    };

    /// <summary>Returns the value of the longest prefix that contains an address, or null.</summary>
    /// <param name="address">The address.</param>
    public TValue? Lookup(in IpAddressValue address) => address.IsIpv4 ? _ipv4?.Lookup((uint)address.Bits) : _ipv6?.Lookup(address.Bits);

    /// <summary>Returns the value of the longest prefix that contains an IPv4 address, or null.</summary>
    /// <param name="address">The address in host order.</param>
    public TValue? Lookup(uint address) => _ipv4?.Lookup(address);

    /// <summary>Returns the value of the longest prefix that contains an IPv6 address, or null.</summary>
    /// <param name="address">The address in host order.</param>
    public TValue? Lookup(UInt128 address) => _ipv6?.Lookup(address);

    /// <summary>Returns the value of exactly this prefix, or null.</summary>
    /// <param name="prefix">The prefix.</param>
    public TValue? Find(IPNetwork prefix) => IsIpv4(prefix)
        ? _ipv4?.Find(ToUInt32(prefix.BaseAddress), prefix.PrefixLength)
        : _ipv6?.Find(ToUInt128(prefix.BaseAddress), prefix.PrefixLength);

    /// <summary>Returns a table with a prefix added, or its value replaced. This table stays as it is.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="value">The value.</param>
    public PrefixTable<TValue> With(IPNetwork prefix, TValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return With([KeyValuePair.Create<IPNetwork, TValue?>(prefix, value)]);
    }

    /// <summary>Returns a table with many changes, made at once where they are many. This table stays as it is.</summary>
    /// <param name="changes">The prefixes with their new values; null takes a prefix away. The later of two changes of one prefix counts.</param>
    public PrefixTable<TValue> With(IReadOnlyCollection<KeyValuePair<IPNetwork, TValue?>> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var (ipv4, ipv6) = Split(changes);
        return new(Change(_ipv4, ipv4), Change(_ipv6, ipv6));
    }

    /// <summary>Returns a table without a prefix. This table stays as it is.</summary>
    /// <param name="prefix">The prefix; the result is this table when it does not contain it.</param>
    public PrefixTable<TValue> Without(IPNetwork prefix)
    {
        var changed = With([KeyValuePair.Create<IPNetwork, TValue?>(prefix, null)]);
        return changed.Count == Count ? this : changed;
    }

    private static (List<PrefixChange<uint, TValue>>? Ipv4, List<PrefixChange<UInt128, TValue>>? Ipv6) Split(
        IEnumerable<KeyValuePair<IPNetwork, TValue?>> changes)
    {
        List<PrefixChange<uint, TValue>>? ipv4 = null;
        List<PrefixChange<UInt128, TValue>>? ipv6 = null;
        foreach (var (prefix, value) in changes)
        {
            if (IsIpv4(prefix))
            {
                (ipv4 ??= []).Add(new(ToUInt32(prefix.BaseAddress), prefix.PrefixLength, value));
            }
            else
            {
                (ipv6 ??= []).Add(new(ToUInt128(prefix.BaseAddress), prefix.PrefixLength, value));
            }
        }

        return (ipv4, ipv6);
    }

    private static PrefixSet<TAddress, TValue>? Build<TAddress>(List<PrefixChange<TAddress, TValue>>? prefixes)
        where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress> =>
        prefixes is null ? null : PrefixSet<TAddress, TValue>.Build([.. prefixes]);

    private static PrefixSet<TAddress, TValue>? Change<TAddress>(
        PrefixSet<TAddress, TValue>? set, List<PrefixChange<TAddress, TValue>>? changes)
        where TAddress : unmanaged, IBinaryInteger<TAddress>, IMinMaxValue<TAddress> =>
        set is null ? Build(changes) : changes is null ? set : set.With([.. changes]);

    private static bool IsIpv4(IPNetwork prefix) => prefix.BaseAddress.AddressFamily == AddressFamily.InterNetwork;

    private static uint ToUInt32(IPAddress address) => (uint)IpAddressValue.From(address).Bits;

    private static UInt128 ToUInt128(IPAddress address) => IpAddressValue.From(address).Bits;
}
