using System.Globalization;
using System.Text.Json.Nodes;

namespace Culvert.Host.Output;

/// <summary>Numbers of a status in words for people.</summary>
internal static class Quantity
{
    /// <summary>The number of a node; 0 where there is none.</summary>
    public static double Number(JsonNode? node) => node is null ? 0 : double.Parse(node.ToString(), CultureInfo.InvariantCulture);

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

    /// <summary>A time of a status in the zone of the status: <c>2026-01-02 03:04:05 +01:00</c>; null for none.</summary>
    /// <param name="time">ISO 8601, as a status has times.</param>
    /// <param name="now">When the status was written.</param>
    public static string? Time(JsonNode? time, DateTimeOffset now) =>
        DateTimeOffset.TryParse(time?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)
            ? value.ToOffset(now.Offset).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)
            : null;

    /// <summary>When a status was written; now for one that does not say so.</summary>
    public static DateTimeOffset Now(JsonObject status) =>
        DateTimeOffset.TryParse(status["time"]?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : DateTimeOffset.Now;
}
