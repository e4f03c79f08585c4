using System.CommandLine;
using Culvert.Host.Output;
using Culvert.Host.Run;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Commands;

/// <summary><c>culvert run [FILE]</c>: runs the pipeline in the foreground.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var file = FileArgument.Create();
        var logLevel = LogLevelOption.Create("Default: information.");
        var logFormat = OptionValues.Words<object?>(
            "--log-format", "How the log is written: text, json or journal. Default: journal where standard error is the journal's, else text.",
            LogFormat.Text, LogFormat.Json, LogFormat.Journal);
        var inspect = new Option<object?>("--inspect")
        {
            Description = "Compares one packet of N around each stage and names the stage that damages one; overrides inspect in the file.",
            HelpName = "N",
            CustomParser = result => OptionValues.Number(result, 1, int.MaxValue),
        };
        var command = new Command("run", "Runs a pipeline until SIGINT or SIGTERM; SIGHUP reloads its file.") { file, inspect, logLevel, logFormat };
        command.SetAction(async (parsed, cancel) =>
        {
            var configuration = parsed.InvocationConfiguration;
            using var events = new EventFeed();
            using var logging = LogOutput.Create(
                (LogLevel?)parsed.GetValue(logLevel) ?? LogLevel.Information, (LogFormat?)parsed.GetValue(logFormat), events);
            using var crashes = new CrashReport(logging);
            using var session = new RunSession(
                parsed.GetRequiredValue(file), (int?)parsed.GetValue(inspect), logging, events, configuration.Output,
                RunLifetime.Errors(logging, configuration.Error));
            return await RunLifetime.RunAsync(session.RunAsync, cancel);
        });
        return command;
    }
}
