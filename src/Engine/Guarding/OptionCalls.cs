using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Culvert.Options;

namespace Culvert.Engine.Guarding;

/// <summary>
/// Calls into the options of a plugin: records and values of its own classes. The file's own records, of which a file may have many, need no guard.
/// </summary>
internal static class OptionCalls
{
    /// <summary>Creates a record by its constructor without parameters.</summary>
    public static object Create(ConstructorInfo constructor) => IsOwn(constructor)
        ? constructor.Invoke(null)
        : PluginGuard.Call(
            new("the constructor of", constructor.DeclaringType!.Name), constructor, static one => one.Invoke(BindingFlags.DoNotWrapExceptions, null, null, null));

    public static object? Get(PropertyInfo property, object options) => PluginGuard.Call(
        new("the get accessor of", property.Name), (property, options),
        static one => one.property.GetValue(one.options, BindingFlags.DoNotWrapExceptions, null, null, null));

    public static void Set(PropertyInfo property, object options, object value)
    {
        if (IsOwn(property))
        {
            property.SetValue(options, value);
            return;
        }

        PluginGuard.Call(
            new("the init accessor of", property.Name), (property, options, value),
            static one => one.property.SetValue(one.options, one.value, BindingFlags.DoNotWrapExceptions, null, null, null));
    }

    /// <summary>A value as it would be written.</summary>
    public static string? Text(object value) => PluginGuard.Call(new("ToString of", value.GetType().Name), value, static one => one.ToString());

    public static bool AreEqual(object one, object other) =>
        PluginGuard.Call(new("Equals of", one.GetType().Name), (one, other), static pair => pair.one.Equals(pair.other));

    /// <summary>The items of a list, which may be of a plugin's class.</summary>
    public static object?[] Items(IEnumerable list) =>
        PluginGuard.Call(new("the enumerator of", list.GetType().Name), list, static one => one.Cast<object?>().ToArray());

    /// <summary>The files that a value names.</summary>
    public static FilePath[] Files(INamesFiles value) =>
        PluginGuard.Call(new("Files of", value.GetType().Name), value, static one => one.Files.ToArray());

    private static bool IsOwn(MemberInfo member) => member.DeclaringType!.Assembly == typeof(OptionCalls).Assembly;

    /// <summary>The members of an option type that reads itself.</summary>
    internal static class Of<T>
        where T : IOptionValue<T>
    {
        public static string Expected => PluginGuard.Call(new("Expected of", typeof(T).Name), 0, static _ => T.Expected);

        public static string JsonSchema => PluginGuard.Call(new("JsonSchema of", typeof(T).Name), 0, static _ => T.JsonSchema);

        public static bool TryRead(OptionNode node, [NotNullWhen(true)] out T? value, out string? error)
        {
            (var read, value, error) = PluginGuard.Call(
                new("TryRead of", typeof(T).Name), node, static one => (T.TryRead(one, out var value, out var error), value, error));
            return read;
        }
    }
}
