namespace Culvert.Engine.Configuration.Binding;

/// <summary>A class of options that cannot be filled from a file: a mistake of the plugin's author, reported as a diagnostic.</summary>
internal sealed class OptionSchemaException(string message, string remedy = "correct the class of the options") : Exception(message)
{
    /// <summary>What to do about it, as an imperative.</summary>
    public string Remedy { get; } = remedy;
}
