using Culvert.Host.Run.Windows;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>Who ends a run: the console, or Windows' service control. The one place that asks which it is.</summary>
internal static class RunLifetime
{
    /// <summary>Sends the log to where the system keeps its services' logs.</summary>
    public static void AddServiceLog(ILoggerFactory logging)
    {
        if (OperatingSystem.IsWindows() && WindowsService.IsRunning)
        {
            WindowsService.AddEventLog(logging);
        }
    }

    /// <summary>The destination of diagnostics: standard error, or the log where nobody sees standard error.</summary>
    public static TextWriter Errors(ILoggerFactory logging, TextWriter console) =>
        OperatingSystem.IsWindows() && WindowsService.IsRunning ? new LogWriter(logging.CreateLogger("culvert")) : console;

    /// <summary>Runs until it is asked to end.</summary>
    /// <param name="run">The run; its token is cancelled when the service is stopped.</param>
    /// <param name="cancel">Ends it from elsewhere.</param>
    /// <returns>What the run returned.</returns>
    public static Task<int> RunAsync(Func<CancellationToken, Task<int>> run, CancellationToken cancel) =>
        OperatingSystem.IsWindows() && WindowsService.IsRunning ? WindowsService.RunAsync(run, cancel) : run(cancel);
}
