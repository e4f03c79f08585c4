using System.Globalization;
using System.Text.Json.Nodes;

namespace Culvert.Tools.Views;

/// <summary>Numbers of a status in words for people.</summary>
internal static class Quantity
{
    /// <summary>The number of a node; 0 where there is none.</summary>
    public static double Number(JsonNode? node) => double.TryParse(node?.ToString(), CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary><c>1,234</c>.</summary>
    public static string Whole(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary><c>1 lane</c>, <c>2 lanes</c>.</summary>
    public static string Count(long number, string noun) => $"{Whole(number)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>Bytes in powers of 1000: <c>1.2 MB</c>.</summary>
    public static string Size(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var unit = 0;
        while (bytes >= 1000 && unit < units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary><c>1 d 02:03:04</c>.</summary>
    public static string Duration(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Floor(seconds));
        return span.TotalDays >= 1 ? $"{(int)span.TotalDays} d {span:hh\\:mm\\:ss}" : span.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>The largest unit alone: <c>12 s</c>, <c>3 min</c>, <c>5 h</c>, <c>2 d</c>.</summary>
    public static string Age(double seconds) => TimeSpan.FromSeconds(Math.Max(0, seconds)) switch
    {
        { TotalMinutes: < 2 } span => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 2 } span => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 2 } span => $"{(int)span.TotalHours} h",
        var span => $"{(int)span.TotalDays} d",
    };

    /// <summary>A number with the largest prefix that leaves at least one: <c>12.3 kpps</c>, <c>940 Mbit/s</c>.</summary>
    public static string Short(double number, string unit)
    {
        string[] prefixes = ["", "k", "M", "G", "T"];
        var prefix = 0;
        while (number >= 999.5 && prefix < prefixes.Length - 1)
        {
            number /= 1000;
            prefix++;
        }

        return number.ToString(prefix == 0 || number >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + prefixes[prefix] + unit;
    }

    /// <summary>How much a count grew in a second; null without <paramref name="seconds"/>.</summary>
    /// <param name="now">The count.</param>
    /// <param name="before">The count earlier; null for what did not exist then.</param>
    /// <param name="seconds">How much earlier.</param>
    public static double? Rate(double now, double? before, double? seconds) => seconds is null ? null : Math.Max(0, now - (before ?? 0)) / seconds;

    /// <summary>A time of a status; null for none.</summary>
    /// <param name="time">ISO 8601, as a status has times.</param>
    public static DateTimeOffset? Instant(JsonNode? time) =>
        DateTimeOffset.TryParse(time?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value) ? value : null;

    /// <summary>A time of a status in the zone of the status: <c>2026-01-02 03:04:05 +01:00</c>; null for none.</summary>
    /// <param name="time">ISO 8601, as a status has times.</param>
    /// <param name="now">When the status was written.</param>
    public static string? Time(JsonNode? time, DateTimeOffset now) => Instant(time) is { } value ? Time(value, now) : null;

    /// <summary>A time in the zone of another.</summary>
    public static string Time(DateTimeOffset time, DateTimeOffset now) =>
        time.ToOffset(now.Offset).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>When a status was written; now for one that does not say so.</summary>
    public static DateTimeOffset Now(JsonObject status) => Instant(status["time"]) ?? DateTimeOffset.Now;
}
