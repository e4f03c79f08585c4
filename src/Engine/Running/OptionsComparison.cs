using System.Collections;
using System.Reflection;
using Culvert.Options;

namespace Culvert.Engine.Running;

/// <summary>
/// Says whether two options records mean the same, lists compared item by item and files by when they last changed, so that a reload
/// keeps a stage whose entry did not change and makes anew one whose key file did. Runs at a reload only.
/// </summary>
internal static class OptionsComparison
{
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
            return SameItems([.. list.Cast<object?>()], [.. ((IEnumerable)other).Cast<object?>()]);
        }

        var options = OptionsOf(one.GetType());
        return options.Length == 0 ? one.Equals(other) : options.All(option => Same(option.GetValue(one), option.GetValue(other)));
    }

    /// <summary>The files that options name, with the time of their last change.</summary>
    public static IReadOnlyDictionary<string, DateTime> Files(object? options)
    {
        var files = new Dictionary<string, DateTime>();
        Collect(options, files);
        return files;
    }

    public static bool SameFiles(IReadOnlyDictionary<string, DateTime> one, IReadOnlyDictionary<string, DateTime> other) =>
        one.Count == other.Count && one.All(file => other.TryGetValue(file.Key, out var changed) && changed == file.Value);

    private static void Collect(object? value, Dictionary<string, DateTime> files)
    {
        switch (value)
        {
            case null or string:
                return;
            case FilePath path:
                files[path.Full] = File.GetLastWriteTimeUtc(path.Full);
                return;
            case IEnumerable list:
                foreach (var item in list)
                {
                    Collect(item, files);
                }

                return;
            default:
                foreach (var option in OptionsOf(value.GetType()))
                {
                    Collect(option.GetValue(value), files);
                }

                return;
        }
    }

    private static bool SameItems(object?[] one, object?[] other) =>
        one.Length == other.Length && one.Zip(other).All(pair => Same(pair.First, pair.Second));

    private static PropertyInfo[] OptionsOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.IsDefined(typeof(OptionAttribute)))];
}
