using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Culvert.Options;
using Culvert.Wire;

namespace Culvert.Plugins.Nat;

/// <summary>The value of <c>map</c>: <c>{OWN: SEEN, …}</c>, the prefixes of this side and those that the other sites see instead.</summary>
/// <param name="Pairs">The prefixes in the file's order; those of one side do not overlap.</param>
public sealed record NatMap(IReadOnlyList<NatPair> Pairs) : IOptionValue<NatMap>
{
    /// <summary>The longest IPv6 prefix: the adjustment needs the interface identifier (RFC 6296 §3.5).</summary>
    private const int MaxIpv6Length = 64;

    /// <inheritdoc/>
    public static string Expected => "{PREFIX: PREFIX}, for example {10.80.0.0/16: 10.180.0.0/16}";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"object","minProperties":1,"additionalProperties":{"type":"string"}}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out NatMap? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        (value, error) = (null, null);
        if (node.Entries is not { Count: > 0 } entries)
        {
            return false;
        }

        var pairs = new List<NatPair>();
        foreach (var (key, seen) in entries)
        {
            if (!TryReadPair(key, seen, out var pair, out error) || Overlap(pairs, pair) is { } overlap && (error = overlap) is not null)
            {
                return false;
            }

            pairs.Add(pair);
        }

        value = new NatMap(pairs);
        return true;
    }

    /// <summary>As pipeline.yaml spells it.</summary>
    public override string ToString() => "{" + string.Join(", ", Pairs.Select(pair => $"{pair.Own}: {pair.Seen}")) + "}";

    private static bool TryReadPair(string key, OptionNode node, [NotNullWhen(true)] out NatPair? pair, out string? error)
    {
        pair = null;
        if (!TryReadPrefix(key, out var own, out error) || !TryReadPrefix(node.Scalar, out var seen, out error))
        {
            error ??= $"expected a prefix for {key}, found {node.Describe()}";
            return false;
        }

        var family = own.BaseAddress.AddressFamily;
        error = family != seen.BaseAddress.AddressFamily ? $"{own} and {seen} are of different families"
            : own.PrefixLength != seen.PrefixLength ? $"{own} and {seen} have different lengths; write prefixes of one length"
            : family == AddressFamily.InterNetworkV6 && own.PrefixLength > MaxIpv6Length ? $"{own} is longer than /64 (RFC 6296 §3.5)"
            : null;
        pair = error is null ? new NatPair(own, seen) : null;
        return pair is not null;
    }

    private static bool TryReadPrefix(string? text, out IPNetwork prefix, out string? error)
    {
        (prefix, error) = (default, null);
        if (!AddressText.TryParsePrefix(text, out var address, out var length))
        {
            error = text is null ? null : $"'{text}' is not a CIDR prefix, for example 10.80.0.0/16";
            return false;
        }

        prefix = AddressText.NetworkOf(address, length);
        error = prefix.BaseAddress.Equals(address) ? null : $"bits of '{text}' are set behind the prefix; write {prefix}";
        return error is null;
    }

    private static string? Overlap(List<NatPair> pairs, NatPair added)
    {
        foreach (var pair in pairs)
        {
            if (DoOverlap(pair.Own, added.Own))
            {
                return $"{added.Own} overlaps {pair.Own}; write each address once";
            }

            if (DoOverlap(pair.Seen, added.Seen))
            {
                return $"{added.Seen} overlaps {pair.Seen}; write each address once";
            }
        }

        return null;
    }

    private static bool DoOverlap(IPNetwork left, IPNetwork right) => left.Contains(right.BaseAddress) || right.Contains(left.BaseAddress);
}
