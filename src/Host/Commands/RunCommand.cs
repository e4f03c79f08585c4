using System.CommandLine;
using Culvert.Host.Run;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Commands;

/// <summary><c>culvert run [FILE]</c>: runs the pipeline in the foreground.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var file = FileArgument.Create();
        var logLevel = new Option<LogLevel>("--log-level")
        {
            Description = "The least level that is logged: Trace, Debug, Information, Warning, Error.",
            DefaultValueFactory = _ => LogLevel.Information,
        };
        var command = new Command("run", "Runs a pipeline until SIGINT or SIGTERM; SIGHUP reloads its file.") { file, logLevel };
        command.SetAction(async (parsed, cancel) =>
        {
            var configuration = parsed.InvocationConfiguration;
            using var logging = LogOutput.Create(parsed.GetValue(logLevel));
            using var session = new RunSession(parsed.GetRequiredValue(file), logging, configuration.Output, configuration.Error);
            return await session.RunAsync(cancel);
        });
        return command;
    }
}
