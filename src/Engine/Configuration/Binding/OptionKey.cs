using System.Reflection;
using System.Runtime.CompilerServices;
using Culvert.Engine.Guarding;
using Culvert.Options;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>One key of a stage or of the file: what <see cref="OptionAttribute"/> and the property say.</summary>
internal sealed class OptionKey
{
    private readonly PropertyInfo _property;
    private readonly OptionAttribute _attribute;

    internal OptionKey(PropertyInfo property, OptionAttribute attribute, OptionType type, object? defaultValue)
    {
        _property = property;
        _attribute = attribute;
        Type = type;
        Name = KebabCase.Of(property.Name);
        IsRequired = property.IsDefined(typeof(RequiredMemberAttribute));
        DefaultText = IsRequired ? null : attribute.Default ?? (defaultValue is null ? null : type.Write(defaultValue));
    }

    /// <summary>As written in the file.</summary>
    public string Name { get; }

    /// <summary>The type that reads the value.</summary>
    public OptionType Type { get; }

    /// <summary>Meaning, unit, special values.</summary>
    public string Description => _attribute.Description;

    /// <summary>Whether the file must give it.</summary>
    public bool IsRequired { get; }

    /// <summary>The value without the key, as written; null for none.</summary>
    public string? DefaultText { get; }

    /// <summary>An example value, as written; null for none.</summary>
    public string? Example => _attribute.Example;

    /// <summary>The key of the list that the files of this folder add to; null for any other key.</summary>
    public string? AddsTo => _attribute.AddsTo is { } property ? KebabCase.Of(property) : null;

    /// <summary>Whether its value is never shown.</summary>
    public bool IsSecret => _attribute.Secret;

    /// <summary>The least and the greatest value; null where there is none.</summary>
    public OptionRange Range => new(Bound(_attribute.Min), Bound(_attribute.Max));

    /// <summary>The range in the unit of the key's type: <c>1s to 10m</c>.</summary>
    public string DescribeRange() => Range.Describe(ValueClass);

    internal void Set(object options, object value) => OptionCalls.Set(_property, options, value);

    private Type ValueClass
    {
        get
        {
            var type = Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;
            return type.IsGenericType ? type.GenericTypeArguments[0] : type;
        }
    }

    private static double? Bound(double value) => double.IsNaN(value) ? null : value;
}
