using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Reflection;
using Culvert.Options;
using Culvert.Wire;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>Finds how a property's C# type is read from the file.</summary>
internal static class OptionTypes
{
    private static readonly ConcurrentDictionary<Type, OptionType> Plain = new(
    [
        Entry<string>("a string", """{"type":["string","number"]}""", text => text, text => text),
        Entry<bool>("true or false", """{"type":"boolean"}""", ReadBool, value => value ? "true" : "false"),
        Entry<int>("an integer", """{"type":"integer"}""", text => Number<int>(text, NumberStyles.AllowLeadingSign), Invariant),
        Entry<long>("an integer", """{"type":"integer"}""", text => Number<long>(text, NumberStyles.AllowLeadingSign), Invariant),
        Entry<double>(
            "a number", """{"type":"number"}""", text => Number<double>(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint), Invariant),
        Entry<TimeSpan>(
            "a duration, for example 500ms, 25s or 2m", """{"type":["string","integer"],"pattern":"^(0|([0-9]+(us|ms|s|m|h|d))+)$"}""",
            text => Duration.TryRead(text, out var value) ? value : null, Duration.Write, (text, _) => HintDuration(text)),
        Entry<IPAddress>(
            "an address, for example 203.0.113.7 or \"2001:db8::7\"", """{"type":"string"}""", ReadAddress, value => value.ToString(),
            (text, _) => HintAddress(text)),
        Entry<IPNetwork>(
            "a CIDR prefix, for example 10.81.0.0/16 or \"fd99::/64\"", """{"type":"string"}""", ReadNetwork, value => value.ToString(),
            (text, _) => HintNetwork(text)),
        Entry<IPEndPoint>(
            "ADDRESS:PORT, for example 192.0.2.1:51820 or \"[2001:db8::1]:51820\"", """{"type":"string"}""", ReadEndPoint, value => value.ToString(),
            HintEndPoint),
    ]);

    /// <summary>The types that a property may have, after "use".</summary>
    public const string Possible =
        "string, bool, int, long, double, TimeSpan, an enum, IPAddress, IPNetwork, IPEndPoint, a type of Culvert.Options such as ByteSize or FilePath, "
        + "a record with [Option] properties, an IReadOnlyList of any of these, or a type that implements IOptionValue<T>";

    /// <summary>The way to read a type; null when no option can have it.</summary>
    public static OptionType? For(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Plain.TryGetValue(type, out var plain))
        {
            return plain;
        }

        if (type.IsEnum)
        {
            return new EnumOptionType(type);
        }

        if (type.GetInterfaces().Any(candidate => IsGeneric(candidate, typeof(IOptionValue<>))))
        {
            return (OptionType)Activator.CreateInstance(typeof(SelfReadingOptionType<>).MakeGenericType(type))!;
        }

        if (IsGeneric(type, typeof(IReadOnlyList<>)))
        {
            var elementClass = type.GenericTypeArguments[0];
            return For(elementClass) is { } element ? new ListOptionType(elementClass, element) : null;
        }

        var isRecord = type is { IsClass: true, IsAbstract: false } && type.GetProperties().Any(property => property.IsDefined(typeof(OptionAttribute)));
        return isRecord ? new RecordOptionType(OptionSchema.Of(type)) : null;
    }

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static KeyValuePair<Type, OptionType> Entry<T>(
        string expected, string schema, Func<string, object?> parse, Func<T, string> write, Func<string, string?, string?>? hint = null)
        where T : notnull =>
        new(typeof(T), new ScalarOptionType<T>(expected, schema, parse, write, hint));

    private static string Invariant<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static object? Number<T>(string text, NumberStyles styles)
        where T : struct, System.Numerics.INumber<T> =>
        OptionNode.IsPlainNumber(text.AsSpan(text.StartsWith('-') ? 1 : 0))
            && T.TryParse(text.Replace("_", "", StringComparison.Ordinal), styles, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static object? ReadBool(string text) => text switch { "true" => true, "false" => false, _ => null };

    private static IPAddress? ReadAddress(string text) => AddressText.TryParseAddress(text, out var value) ? value : null;

    // Bits behind the prefix are a mistake that the hint explains.
    private static object? ReadNetwork(string text) =>
        AddressText.TryParsePrefix(text, out var address, out var length) && AddressText.NetworkOf(address, length) is var network
            && network.BaseAddress.Equals(address)
            ? network : null;

    private static string? HintNetwork(string text)
    {
        if (AddressText.TryParsePrefix(text, out var address, out var length))
        {
            return $"bits are set behind the prefix; write {AddressText.NetworkOf(address, length)}";
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return HintAddress(slash < 0 ? text : text[..slash]);
    }

    private static string? HintAddress(string text) => AddressText.ReadLoosely(text) is { } loose
        ? $"some programs read this as {loose}; write four decimal parts without leading zeros" : null;

    private static IPEndPoint? ReadEndPoint(string text) =>
        HostEndpoint.TryParse(text, out var endpoint) ? endpoint.Address : ReadPortZero(text);

    // Port 0 is "any port": good to listen on, though not to send to.
    private static IPEndPoint? ReadPortZero(string text) =>
        text.EndsWith(":0", StringComparison.Ordinal) && HostEndpoint.TryParse(text[..^1] + "1", out var endpoint) && endpoint.Address is { } address
            ? new IPEndPoint(address.Address, 0) : null;

    private static string? HintEndPoint(string text, string? example)
    {
        var port = text.TrimStart(':');
        if (port.Length == 0 || !port.All(char.IsAsciiDigit))
        {
            return null;
        }

        // The option's own example is safe to follow: to bind every address is not for every socket.
        var address = example is null ? "ADDRESS" : example[..example.LastIndexOf(':')];
        return $"missing address; write {address}:{port}";
    }

    private static string? HintDuration(string text) =>
        text.Length > 0 && text.All(char.IsAsciiDigit) ? $"missing unit; write {text}s or {text}ms" : null;
}
