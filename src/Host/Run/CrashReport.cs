using Culvert.Engine.Diagnostics;
using Culvert.Engine.Plugins;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>
/// Logs exceptions that nobody caught, with the plugin they come from: those of a plugin's own threads end the process, those of its tasks are lost.
/// </summary>
internal sealed class CrashReport : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly ILoggerFactory _logging;
    private readonly ILogger _logger;

    public CrashReport(ILoggerFactory logging)
    {
        (_logging, _logger) = (logging, logging.CreateLogger("culvert"));
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        TaskScheduler.UnobservedTaskException += OnUnobserved;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
    }

    private static string Place(Exception exception) => PluginBlame.Of(exception) is { } plugin ? $"the plugin '{plugin}'" : "the program";

    private void OnUnhandled(object sender, UnhandledExceptionEventArgs args)
    {
        if (args.ExceptionObject is not Exception exception)
        {
            return;
        }

        RunLog.Crashed(_logger, Place(exception), ForeignCode.Describe(exception), ForeignCode.Loggable(exception));

        // The runtime ends the process when this returns: what is logged must be out by then, unless nobody reads it.
        var flush = new Thread(_logging.Dispose) { Name = "culvert end", IsBackground = true };
        flush.Start();
        flush.Join(LastWords);
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs args) =>
        RunLog.TaskFailed(_logger, Place(args.Exception), ForeignCode.Describe(args.Exception.GetBaseException()), ForeignCode.Loggable(args.Exception));
}
