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

    // The line is no part of a page: quotes and letters beyond ASCII stay readable.
    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new JsonObject
        {
            ["time"] = DateTimeOffset.Now.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
            ["level"] = logEntry.LogLevel.ToString().ToLowerInvariant(),
            ["source"] = logEntry.Category,
            ["id"] = logEntry.EventId.Id,
            ["event"] = logEntry.EventId.Name is { } name ? JsonNamingPolicy.KebabCaseLower.ConvertName(name) : null,
            ["message"] = Masked(logEntry.Formatter(logEntry.State, logEntry.Exception)),
        };
        if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> parts && Fields(parts) is { Count: > 0 } fields)
        {
            line["fields"] = fields;
        }

        if (logEntry.Exception is { } exception)
        {
            line["exception"] = Masked(exception.ToString());
        }

        textWriter.WriteLine(line.ToJsonString(_readable));
    }

    // The last part is the template of the message itself.
    private static JsonObject Fields(IEnumerable<KeyValuePair<string, object?>> parts) =>
        new(parts.Where(part => part.Key != "{OriginalFormat}").Select(part => KeyValuePair.Create(JsonNamingPolicy.KebabCaseLower.ConvertName(part.Key), Value(part.Value))));

    private static JsonNode? Value(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        int number => number,
        long number => number,
        double number when double.IsFinite(number) => number,
        _ => Masked(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static string Masked(string text) => VisibleText.EscapeLine(SecretMask.Apply(text.ReplaceLineEndings(" ")));
}
