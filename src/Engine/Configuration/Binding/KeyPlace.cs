using System.Globalization;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>The place of a value, as messages name it.</summary>
/// <param name="Path"><c>peers[1].endpoint</c></param>
/// <param name="Key">The key's description; null for the whole mapping.</param>
internal sealed record KeyPlace(string Path, OptionKey? Key)
{
    /// <summary>Whether the value is never shown.</summary>
    public bool IsSecret => Key?.IsSecret ?? false;

    public KeyPlace Item(int index) => this with { Path = string.Create(CultureInfo.InvariantCulture, $"{Path}[{index}]") };

    public KeyPlace Child(OptionKey key) => new(Path.Length == 0 ? key.Name : $"{Path}.{key.Name}", key);
}
