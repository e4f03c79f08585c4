using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using Culvert.Options;
using Culvert.Wire;

namespace Culvert.Endpoints;

/// <summary>The prefixes routed into a device: a list, or those that the stages below carry. Immutable.</summary>
[CollectionBuilder(typeof(RouteSetting), nameof(Create))]
public sealed record RouteSetting : IOptionValue<RouteSetting>
{
    private RouteSetting(bool isAuto, IPNetwork[] prefixes) => (IsAuto, Prefixes) = (isAuto, prefixes);

    /// <summary>The prefixes of the stages below: the allowed-ips of <c>encrypt</c>.</summary>
    public static RouteSetting Auto { get; } = new(true, []);

    /// <inheritdoc/>
    public static string Expected => "auto, or a list of CIDR prefixes, for example [10.80.0.0/16]";

    /// <inheritdoc/>
    public static string JsonSchema => """{"oneOf":[{"const":"auto"},{"type":"array","items":{"type":"string"}}]}""";

    /// <summary>Whether the plan says which prefixes are routed.</summary>
    public bool IsAuto { get; }

    /// <summary>The file's list; empty for auto.</summary>
    public IReadOnlyList<IPNetwork> Prefixes { get; }

    /// <summary>Creates a list.</summary>
    public static RouteSetting Create(ReadOnlySpan<IPNetwork> prefixes) => new(false, prefixes.ToArray());

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out RouteSetting? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        (value, error) = (null, null);
        if (node.Items is not { } items)
        {
            value = node.Scalar == "auto" ? Auto : null;
            error = value is null && node.Scalar is { } text && AddressText.TryParsePrefix(text, out _, out _) ? $"not a list; write [{text}]" : null;
            return value is not null;
        }

        var prefixes = new IPNetwork[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            if (!TryReadPrefix(items[i], out prefixes[i], out error))
            {
                error = $"item {i + 1}, {error}";
                return false;
            }
        }

        value = new RouteSetting(false, prefixes);
        return true;
    }

    /// <summary>Enumerates <see cref="Prefixes"/>.</summary>
    public IEnumerator<IPNetwork> GetEnumerator() => Prefixes.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(RouteSetting? other) => other is not null && IsAuto == other.IsAuto && Prefixes.SequenceEqual(other.Prefixes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsAuto, Prefixes.Count);

    /// <summary><c>auto</c> or the list.</summary>
    public override string ToString() => IsAuto ? "auto" : $"[{string.Join(", ", Prefixes)}]";

    private static bool TryReadPrefix(OptionNode node, out IPNetwork prefix, out string? error)
    {
        (prefix, error) = (default, null);
        if (!AddressText.TryParsePrefix(node.Scalar, out var address, out var length))
        {
            error = $"{node.Describe()}, is not a CIDR prefix; write one as 10.80.0.0/16 or \"fd80::/32\"";
            return false;
        }

        prefix = AddressText.NetworkOf(address, length);
        error = prefix.BaseAddress.Equals(address) ? null : $"{node.Describe()}, has bits set behind the prefix; write {prefix}";
        return error is null;
    }
}
