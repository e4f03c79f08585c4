using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Culvert.Host.Run;

/// <summary>
/// One JSON object a line and event, with the same keys everywhere: <c>time</c> with its zone, <c>level</c>, <c>source</c> (a stage's id, or
/// <c>culvert</c>), <c>id</c> and <c>event</c>, which stay the same between releases, <c>message</c>, and the message's parts as <c>fields</c>. What
/// could be a key is masked.
/// </summary>
internal sealed class LogObjects() : ConsoleFormatter(FormatName)
{
    /// <summary>The name by which the console's options choose it.</summary>
    public const string FormatName = "culvert-json";

    // The one field that is a key and no secret.
    private const string PublicKey = "public-key";

    // The line is no part of a page: quotes and letters beyond ASCII stay readable.
    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.WriteLine(Line(logEntry, int.MaxValue));
    }

    /// <summary>Returns the name of an event; null where it has none.</summary>
    public static string? NameOf(EventId id) => id.Name is { } name ? JsonNamingPolicy.KebabCaseLower.ConvertName(name) : null;

    /// <summary>Writes an event as a line of JSON, without its line break.</summary>
    /// <param name="logEntry">The event.</param>
    /// <param name="longestText">The length in characters from which texts are cut.</param>
    public static string Line<TState>(in LogEntry<TState> logEntry, int longestText)
    {
        var line = new JsonObject
        {
            ["time"] = DateTimeOffset.Now.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
            ["level"] = logEntry.LogLevel.ToString().ToLowerInvariant(),
            ["source"] = logEntry.Category,
            ["id"] = logEntry.EventId.Id,
            ["event"] = NameOf(logEntry.EventId),
            ["message"] = Masked(logEntry.Formatter(logEntry.State, logEntry.Exception), longestText),
        };
        if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> parts && Fields(parts, longestText) is { Count: > 0 } fields)
        {
            line["fields"] = fields;
        }

        if (logEntry.Exception is { } exception)
        {
            line["exception"] = Masked(exception.ToString(), longestText);
        }

        return line.ToJsonString(_readable);
    }

    // The last part is the template of the message itself.
    private static JsonObject Fields(IEnumerable<KeyValuePair<string, object?>> parts, int longestText) => new(
        from part in parts
        where part.Key != "{OriginalFormat}"
        let name = JsonNamingPolicy.KebabCaseLower.ConvertName(part.Key)
        select KeyValuePair.Create(name, name == PublicKey ? part.Value?.ToString() : Value(part.Value, longestText)));

    private static JsonNode? Value(object? value, int longestText) => value switch
    {
        null => null,
        JsonObject report => JsonNode.Parse(SecretMask.Apply(report.ToJsonString(_readable))),
        bool flag => flag,
        int number => number,
        long number => number,
        double number when double.IsFinite(number) => number,
        _ => Masked(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", longestText),
    };

    private static string Masked(string text, int longestText)
    {
        var masked = SecretMask.Apply(text.ReplaceLineEndings(" "));
        return VisibleText.EscapeLine(masked.Length <= longestText ? masked : string.Concat(masked.AsSpan(0, longestText), "…"));
    }
}
