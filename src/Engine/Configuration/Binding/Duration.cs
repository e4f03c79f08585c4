using System.Globalization;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>Durations as the file writes them: <c>50us</c>, <c>500ms</c>, <c>25s</c>, <c>2m</c>, <c>1h</c>, <c>1d</c>, <c>1m30s</c>, <c>0</c>.</summary>
internal static class Duration
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("us", TimeSpan.FromMicroseconds(1)), ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAnyInRange('0', '9');
            var unit = rest[..(letters < 0 ? rest.Length : letters)].ToString();
            var length = Array.Find(Units, candidate => candidate.Unit == unit).Length;
            if (length == TimeSpan.Zero || number > (Longest - duration) / length)
            {
                return false;
            }

            duration += number * length;
            rest = rest[unit.Length..];
        }

        return text.Length > 0;
    }

    public static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var (unit, length) = Units.Last(candidate => duration.Ticks % candidate.Length.Ticks == 0 || candidate.Unit == "us");
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / length.Ticks}{unit}");
    }
}
