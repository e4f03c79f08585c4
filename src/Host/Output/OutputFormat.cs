using System.CommandLine;

namespace Culvert.Host.Output;

/// <summary>How a command writes its data.</summary>
internal enum OutputFormat
{
    /// <summary>For a person.</summary>
    Text,

    /// <summary>For a program: one JSON document.</summary>
    Json,
}

/// <summary>The option <c>--format text|json</c>.</summary>
internal static class FormatOption
{
    public static Option<OutputFormat> Create() => new("--format")
    {
        Description = "Writes text for a person, or json for a program.",
        HelpName = "text|json",
        CustomParser = result =>
        {
            var word = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            switch (word)
            {
                case "text":
                    return OutputFormat.Text;
                case "json":
                    return OutputFormat.Json;
                default:
                    result.AddError($"--format is '{word}'; write text or json");
                    return default;
            }
        },
    };
}
