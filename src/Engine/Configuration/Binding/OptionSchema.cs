using System.Reflection;
using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Options;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>
/// The keys that a record of options has, found by its <see cref="OptionAttribute"/>s. One source for reading, for
/// <c>culvert stages</c> and for the JSON Schema. Immutable.
/// </summary>
internal sealed class OptionSchema
{
    private readonly Type _type;

    private OptionSchema(Type type, IReadOnlyList<OptionKey> keys)
    {
        _type = type;
        Keys = keys;
    }

    /// <summary>The keys in the order of the record's properties.</summary>
    public IReadOnlyList<OptionKey> Keys { get; }

    /// <summary>Reads the schema of a record.</summary>
    /// <exception cref="OptionSchemaException">The class cannot be filled from a file: a mistake of its author.</exception>
    public static OptionSchema Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var sample = Create(type);
        List<OptionKey> keys = [];
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).OrderBy(property => property.MetadataToken))
        {
            if (property.GetCustomAttribute<OptionAttribute>() is not { } attribute)
            {
                continue;
            }

            if (property.SetMethod is null)
            {
                throw new OptionSchemaException($"{type.FullName}.{property.Name} has [Option] but no init accessor");
            }

            var optionType = OptionTypes.For(property.PropertyType)
                ?? throw new OptionSchemaException(
                    $"{type.FullName}.{property.Name} has a type that no option can have: {property.PropertyType}", $"use {OptionTypes.Possible}");
            keys.Add(new OptionKey(property, attribute, optionType, OptionCalls.Get(property, sample)));
        }

        return new OptionSchema(type, keys);
    }

    /// <summary>The JSON Schema of the mapping.</summary>
    public JsonObject JsonSchema() => OptionJsonSchema.Of(this);

    /// <summary>Reads a mapping; mistakes are reported.</summary>
    /// <param name="mapping">A mapping.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    /// <param name="alsoKnown">Keys that somebody else reads from the same mapping.</param>
    /// <param name="owner">Who needs a missing key; the place when null.</param>
    internal BoundOptions Bind(
        FileNode mapping, KeyPlace place, DiagnosticBag diagnostics, IReadOnlyCollection<string>? alsoKnown = null, string? owner = null)
    {
        var before = diagnostics.Count;
        var options = Create(_type);
        HashSet<OptionKey> given = [];
        foreach (var entry in mapping.FileEntries ?? [])
        {
            if (Keys.FirstOrDefault(key => key.Name == entry.Key) is { } key)
            {
                var value = ValueReader.Read(entry.Value, key.Type, place.Child(key), diagnostics);
                if (value is not null && TrySet(key, options, value, entry.Value, place, diagnostics))
                {
                    given.Add(key);
                }
            }
            else if (alsoKnown is null || !alsoKnown.Contains(entry.Key))
            {
                ReportUnknown(entry, alsoKnown ?? [], diagnostics);
            }
        }

        var complete = true;
        foreach (var key in Keys.Where(key => key.IsRequired && !given.Contains(key)))
        {
            complete = false;
            ReportMissing(key, mapping, owner ?? place.Path, diagnostics);
        }

        return new BoundOptions(options, diagnostics.Count == before, complete);
    }

    private static bool TrySet(OptionKey key, object options, object value, FileNode node, KeyPlace place, DiagnosticBag diagnostics)
    {
        try
        {
            key.Set(options, value);
            return true;
        }
        catch (PluginException exception)
        {
            ValueReader.ReportThrown(exception, node, place.Child(key), diagnostics);
            return false;
        }
    }

    private void ReportUnknown(FileEntry entry, IEnumerable<string> alsoKnown, DiagnosticBag diagnostics)
    {
        string[] known = [.. Keys.Select(key => key.Name), .. alsoKnown];
        diagnostics.Add(
            DiagnosticCodes.UnknownKey, entry.Position, $"unknown key '{entry.Key}'", Suggestion.Remedy(entry.Key, known, "the keys are"));
    }

    private static void ReportMissing(OptionKey key, FileNode mapping, string owner, DiagnosticBag diagnostics)
    {
        if (mapping.Find(key.Name) is not null)
        {
            // It is there, and what is wrong with its value was reported.
            return;
        }

        var example = key.Example is null ? "" : $", for example {key.Name}: {key.Example}";
        diagnostics.Add(DiagnosticCodes.MissingKey, mapping.Position, $"'{owner}' needs the key '{key.Name}'", $"add it{example}");
    }

    private static object Create(Type type)
    {
        var constructor = type.IsAbstract ? null : type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []);
        return constructor is not null
            ? OptionCalls.Create(constructor)
            : throw new OptionSchemaException($"{type.FullName} has no constructor without parameters; options are records with init-only properties");
    }
}

/// <summary>A class of options that cannot be filled from a file: a mistake of the plugin's author, reported as a diagnostic.</summary>
internal sealed class OptionSchemaException(string message, string remedy = "correct the class of the options") : Exception(message)
{
    /// <summary>What to do about it, as an imperative.</summary>
    public string Remedy { get; } = remedy;
}

/// <summary>Options that were read from a mapping.</summary>
/// <param name="Options">An object of the schema's class; a wrong value is replaced by its default.</param>
/// <param name="IsValid">True when nothing was reported.</param>
/// <param name="IsComplete">True when every required key has a value.</param>
internal sealed record BoundOptions(object Options, bool IsValid, bool IsComplete);
