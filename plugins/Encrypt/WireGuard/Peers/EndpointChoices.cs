using System.Diagnostics.CodeAnalysis;
using System.Net;
using Culvert.Options;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>The ways to a peer, the preferred one first: <c>HOST:PORT</c>, <c>{to: HOST:PORT, source: ADDRESS, bind-device: NAME}</c>, or a list of these.</summary>
public sealed class EndpointChoices : IOptionValue<EndpointChoices>, IEquatable<EndpointChoices>
{
    private const int MaxChoices = 8;
    private const string To = "to";
    private const string SourceKey = "source";
    private const string DeviceKey = "bind-device";

    /// <summary>Creates a set of choices.</summary>
    /// <param name="all">1 to 8.</param>
    public EndpointChoices(params IReadOnlyList<EndpointChoice> all) => All = all;

    /// <inheritdoc/>
    public static string Expected =>
        "HOST:PORT, for example 203.0.113.7:51820 or vpn.example.net:51820; {to: HOST:PORT, source: ADDRESS, bind-device: NAME}; or a list of these";

    /// <inheritdoc/>
    public static string JsonSchema
    {
        get
        {
            const string text = """{"type":"string"}""";
            var to = HostEndpoint.JsonSchema;
            var properties = $"\"to\":{to},\"source\":{text},\"bind-device\":{text}";
            var one = $"{to},{{\"type\":\"object\",\"required\":[\"to\"],\"additionalProperties\":false,\"properties\":{{{properties}}}}}";
            return $"{{\"oneOf\":[{one},{{\"type\":\"array\",\"minItems\":1,\"maxItems\":8,\"items\":{{\"oneOf\":[{one}]}}}}]}}";
        }
    }

    /// <summary>The choices, the preferred one first.</summary>
    public IReadOnlyList<EndpointChoice> All { get; }

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out EndpointChoices? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        value = null;
        var choices = new List<EndpointChoice>();
        foreach (var item in node.Items ?? [node])
        {
            if (!TryReadOne(item, out var choice, out error))
            {
                return false;
            }

            choices.Add(choice);
        }

        error = choices.Count is 0 or > MaxChoices ? $"{choices.Count} endpoints; write 1 to {MaxChoices}" : null;
        value = error is null ? new EndpointChoices(choices) : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public bool Equals(EndpointChoices? other) => other is not null && All.SequenceEqual(other.All);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EndpointChoices);

    /// <inheritdoc/>
    public override int GetHashCode() => All.Count == 0 ? 0 : All[0].GetHashCode();

    /// <summary>The choices, separated by commas.</summary>
    public override string ToString() => string.Join(", ", All);

    private static bool TryReadOne(OptionNode node, [NotNullWhen(true)] out EndpointChoice? choice, out string? error)
    {
        (choice, error) = (null, null);
        if (node.Entries is not { } entries)
        {
            choice = HostEndpoint.TryRead(node, out var plain, out error) ? new EndpointChoice(plain) : null;
            return choice is not null;
        }

        HostEndpoint? to = null;
        IPAddress? source = null;
        string? device = null;
        foreach (var (key, value) in entries)
        {
            var isRead = key switch
            {
                To => HostEndpoint.TryRead(value, out to, out error),
                SourceKey => TryReadAddress(value, out source),
                DeviceKey => (device = value.Scalar) is { Length: > 0 and < 16 },
                _ => false,
            };
            if (!isRead)
            {
                error ??= key is SourceKey ? "'source' is not an IP address" : key is DeviceKey ? "'bind-device' is not a device's name"
                    : key is To ? null : $"there is no key '{key}'; write to, source and bind-device";
                return false;
            }
        }

        error = to is null ? "missing 'to'; write {to: HOST:PORT, …}"
            : to.Address is { } address && source is not null && source.AddressFamily != address.AddressFamily ? "'source' is of another family than 'to'"
            : null;
        choice = error is null ? new EndpointChoice(to!, source, device) : null;
        return choice is not null;
    }

    private static bool TryReadAddress(OptionNode node, out IPAddress? address)
    {
        address = null;
        return node.Scalar is { } text && AddressText.TryParseAddress(text, out address);
    }
}
