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
        var logFormat = new Option<LogFormat?>("--log-format")
        {
            Description = "How the log is written: Text, Json or Journal. Default: Journal where standard error is the journal's, else Text.",
        };
        var inspect = new Option<int?>("--inspect")
        {
            Description = "Compares one packet of N around each stage and names the stage that damages one; overrides inspect in the file.",
            HelpName = "N",
        };
        inspect.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
            {
                result.AddError("--inspect takes a number of 1 or more");
            }
        });
        var command = new Command("run", "Runs a pipeline until SIGINT or SIGTERM; SIGHUP reloads its file.") { file, inspect, logLevel, logFormat };
        command.SetAction(async (parsed, cancel) =>
        {
            var configuration = parsed.InvocationConfiguration;
            using var logging = LogOutput.Create(parsed.GetValue(logLevel), parsed.GetValue(logFormat));
            using var crashes = new CrashReport(logging);
            using var session = new RunSession(
                parsed.GetRequiredValue(file), parsed.GetValue(inspect), logging, configuration.Output,
                RunLifetime.Errors(logging, configuration.Error));
            return await RunLifetime.RunAsync(session.RunAsync, cancel);
        });
        return command;
    }
}
