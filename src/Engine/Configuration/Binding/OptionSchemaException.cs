namespace Culvert.Engine.Configuration.Binding;

/// <summary>A class of options that cannot be filled from a file: a mistake of the plugin's author, told as a diagnostic.</summary>
internal sealed class OptionSchemaException : Exception
{
    internal OptionSchemaException(string message)
        : base(message)
    {
    }
}
