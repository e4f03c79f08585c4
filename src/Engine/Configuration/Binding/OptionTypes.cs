using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Reflection;
using Culvert.Options;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>Finds how a property's C# type is read from the file.</summary>
internal static class OptionTypes
{
    private static readonly ConcurrentDictionary<Type, OptionType> Plain = new(
    [
        Entry<string>("a text", """{"type":["string","number"]}""", text => text, text => text),
        Entry<bool>("true or false", """{"type":"boolean"}""", ReadBool, value => value ? "true" : "false"),
        Entry<int>("a whole number", """{"type":"integer"}""", text => Number<int>(text, NumberStyles.AllowLeadingSign), Invariant),
        Entry<long>("a whole number", """{"type":"integer"}""", text => Number<long>(text, NumberStyles.AllowLeadingSign), Invariant),
        Entry<double>(
            "a number", """{"type":"number"}""", text => Number<double>(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint), Invariant),
        Entry<TimeSpan>(
            "a duration such as 500ms, 25s or 2m", """{"type":["string","integer"],"pattern":"^(0|([0-9]+(us|ms|s|m|h|d))+)$"}""",
            text => Duration.TryRead(text, out var value) ? value : null, Duration.Write, HintDuration),
        Entry<IPAddress>(
            "an address such as 203.0.113.7 or \"2001:db8::7\"", """{"type":"string"}""", ReadAddress, value => value.ToString()),
        Entry<IPNetwork>(
            "a network such as 10.81.0.0/16 or \"fd99::/64\"", """{"type":"string"}""", ReadNetwork, value => value.ToString(), HintNetwork),
        Entry<IPEndPoint>(
            "an address and a port, such as 0.0.0.0:51820 or \"[::]:51820\"", """{"type":"string"}""", ReadEndPoint, value => value.ToString(),
            HintEndPoint),
    ]);

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
        string expected, string schema, Func<string, object?> parse, Func<T, string> write, Func<string, string?>? hint = null)
        where T : notnull =>
        new(typeof(T), new ScalarOptionType<T>(expected, schema, parse, write, hint));

    private static string Invariant<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static object? Number<T>(string text, NumberStyles styles)
        where T : struct, System.Numerics.INumber<T> =>
        T.TryParse(text.Replace("_", "", StringComparison.Ordinal), styles, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static object? ReadBool(string text) => text switch { "true" => true, "false" => false, _ => null };

    // The base library also takes "1" and "0x7f.1" for addresses; nobody means that here.
    private static IPAddress? ReadAddress(string text) =>
        text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out var value)
            && (text.Contains(':', StringComparison.Ordinal) || text.AsSpan().Count('.') == 3)
            ? value : null;

    private static object? ReadNetwork(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (ReadAddress(slash < 0 ? text : text[..slash]) is not { } address)
        {
            return null;
        }

        if (slash < 0)
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        // The base library cuts off bits behind the prefix; here they are a mistake that the hint explains.
        return IPNetwork.TryParse(text, out var value) && value.BaseAddress.Equals(address) ? value : null;
    }

    private static string? HintNetwork(string text) =>
        InterfaceAddress.TryParse(text, out var address) ? $"it has bits set behind its prefix; write {address.Network}" : null;

    private static IPEndPoint? ReadEndPoint(string text) =>
        HostEndpoint.TryParse(text, out var endpoint) ? endpoint.Address : ReadPortZero(text);

    // Port 0 is "any port": good to listen on, though not to send to.
    private static IPEndPoint? ReadPortZero(string text) =>
        text.EndsWith(":0", StringComparison.Ordinal) && HostEndpoint.TryParse(text[..^1] + "1", out var endpoint) && endpoint.Address is { } address
            ? new IPEndPoint(address.Address, 0) : null;

    private static string? HintEndPoint(string text)
    {
        if (text.StartsWith(':'))
        {
            return $"the address is missing; write 0.0.0.0{text} or \"[::]{text}\"";
        }

        return text.All(char.IsAsciiDigit) ? $"the address is missing; write 0.0.0.0:{text} or \"[::]:{text}\"" : null;
    }

    private static string? HintDuration(string text) =>
        text.Length > 0 && text.All(char.IsAsciiDigit) ? $"the unit is missing; write {text}s or {text}ms" : null;
}
