using System.Collections;
using System.Reflection;
using Culvert.Engine.Guarding;
using Culvert.Options;

namespace Culvert.Engine.Running;

/// <summary>
/// Compares two records of options, lists item by item, so that a reload keeps a stage whose entry did not change. Runs at a reload only.
/// </summary>
internal static class OptionsComparison
{
    /// <summary>Whether they mean the same.</summary>
    /// <exception cref="PluginException">The plugin's own comparison failed.</exception>
    public static bool Same(object? one, object? other)
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
            return SameItems(OptionCalls.Items(list), OptionCalls.Items((IEnumerable)other));
        }

        var options = OptionsOf(one.GetType());
        return options.Length == 0
            ? OptionCalls.AreEqual(one, other)
            : options.All(option => Same(OptionCalls.Get(option, one), OptionCalls.Get(option, other)));
    }

    private static bool SameItems(object?[] one, object?[] other) =>
        one.Length == other.Length && one.Zip(other).All(pair => Same(pair.First, pair.Second));

    /// <summary>The properties that are keys of the file.</summary>
    public static PropertyInfo[] OptionsOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.IsDefined(typeof(OptionAttribute)))];
}
