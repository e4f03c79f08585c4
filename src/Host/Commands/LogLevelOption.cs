using System.CommandLine;
using Culvert.Host.Output;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Commands;

/// <summary>The option <c>--log-level</c>.</summary>
internal static class LogLevelOption
{
    /// <param name="fallback">The sentence about the default, for help.</param>
    public static Option<object?> Create(string fallback) => OptionValues.Words<object?>(
        "--log-level", $"The lowest level that is logged. {fallback}",
        LogLevel.Trace, LogLevel.Debug, LogLevel.Information, LogLevel.Warning, LogLevel.Error);
}
