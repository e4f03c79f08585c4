using System.CommandLine;

namespace Culvert.Host.Output;

/// <summary>The output format of a command.</summary>
internal enum OutputFormat
{
    /// <summary>Human-readable.</summary>
    Text,

    /// <summary>For a program: one JSON document.</summary>
    Json,
}

/// <summary>The option <c>--format text|json</c>.</summary>
internal static class FormatOption
{
    public static Option<OutputFormat> Create() => new("--format")
    {
        Description = "The output format: text (human-readable) or json (machine-readable).",
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
