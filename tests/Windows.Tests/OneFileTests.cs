using System.Reflection;
using Culvert.Options;

namespace Windows.Tests;

/// <summary>One pipeline.yaml serves both systems.</summary>
public sealed class OneFileTests
{
    [Fact]
    public void EveryKeyOfLinuxIsAKeyOfWindowsWithTheSameTypeAndDefault()
    {
        var linux = Keys(new Culvert.Plugins.Tun.Linux.TunOptions());
        var windows = Keys(new Culvert.Plugins.Tun.Windows.TunOptions());

        Assert.All(linux, key => Assert.Equal(key.Value, windows.GetValueOrDefault(key.Key)));
    }

    private static Dictionary<string, string> Keys(object options) => options.GetType().GetProperties()
        .Where(property => property.GetCustomAttribute<OptionAttribute>() is not null)
        .ToDictionary(property => property.Name, property => $"{property.PropertyType} {property.GetValue(options)}");
}
