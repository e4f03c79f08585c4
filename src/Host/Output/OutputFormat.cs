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
    public static Option<OutputFormat> Create() => OptionValues.Words(
        "--format", "The output format: text (human-readable) or json (machine-readable).", OutputFormat.Text, OutputFormat.Json);
}
