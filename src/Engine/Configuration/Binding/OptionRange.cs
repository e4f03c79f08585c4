using System.Globalization;
using Culvert.Options;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>The range of a number, of a duration in seconds, or of a size in bytes.</summary>
/// <param name="Min">The least value; null for none.</param>
/// <param name="Max">The greatest value; null for none.</param>
internal readonly record struct OptionRange(double? Min, double? Max)
{
    /// <summary>Whether there is a bound.</summary>
    public bool IsBounded => Min is not null || Max is not null;

    /// <summary>True for a value inside, and for a value that has no size.</summary>
    public bool Contains(object value) => Measure(value) is not { } size || (!(size < Min) && !(size > Max));

    /// <summary><c>1 to 1024</c>, <c>1 or more</c>, in the unit of the value.</summary>
    /// <param name="type">The class of the value: it gives the unit.</param>
    public string Describe(Type type)
    {
        var min = Min is { } least ? Write(least, type) : null;
        var max = Max is { } greatest ? Write(greatest, type) : null;
        return (min, max) switch
        {
            (not null, not null) => $"{min} to {max}",
            (not null, null) => $"{min} or more",
            (null, not null) => $"{max} or less",
            _ => "any value",
        };
    }

    private static double? Measure(object value) => value switch
    {
        int number => number,
        long number => number,
        double number => number,
        TimeSpan duration => duration.TotalSeconds,
        ByteSize size => size.Bytes,
        _ => null,
    };

    private static string Write(double bound, Type type)
    {
        if (type == typeof(TimeSpan))
        {
            return Duration.Write(TimeSpan.FromSeconds(bound));
        }

        return type == typeof(ByteSize) ? new ByteSize((long)bound).ToString() : bound.ToString("0.##########", CultureInfo.InvariantCulture);
    }
}
