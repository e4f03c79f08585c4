using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Culvert.Options;

namespace Culvert.Engine.Running;

/// <summary>
/// Compares two records of options, lists item by item, so that a reload keeps a stage whose entry did not change. Runs at a reload only.
/// </summary>
internal static class OptionsComparison
{
    /// <summary>Whether they mean the same. Not, when the plugin's own comparison throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A plugin's Equals must not end the pipeline.")]
    public static bool Same(object? one, object? other)
    {
        try
        {
            return AreSame(one, other);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static bool AreSame(object? one, object? other)
    {
        if (one is null || other is null || one.GetType() != other.GetType())
        {
            return one is null && other is null;
        }

        if (one is string)
        {
            return one.Equals(other);
        }

        if (one is IEnumerable list)
        {
            return SameItems([.. list.Cast<object?>()], [.. ((IEnumerable)other).Cast<object?>()]);
        }

        var options = OptionsOf(one.GetType());
        return options.Length == 0 ? one.Equals(other) : options.All(option => AreSame(option.GetValue(one), option.GetValue(other)));
    }

    private static bool SameItems(object?[] one, object?[] other) =>
        one.Length == other.Length && one.Zip(other).All(pair => AreSame(pair.First, pair.Second));

    /// <summary>The properties that are keys of the file.</summary>
    public static PropertyInfo[] OptionsOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.IsDefined(typeof(OptionAttribute)))];
}
