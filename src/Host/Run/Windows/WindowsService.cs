using System.Runtime.Versioning;
using System.ServiceProcess;
using Culvert.Host.Output;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.WindowsServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.EventLog;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run.Windows;

/// <summary>
/// <c>culvert run</c> as a Windows service: started, stopped and shut down by service control, its log in the event log. Its exit code is
/// the service's, so that the configured recovery actions take place.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class WindowsService
{
    /// <summary>The name of the service, and of its source in the event log.</summary>
    public const string Name = "culvert";

    /// <summary>Whether service control started this process.</summary>
    public static bool IsRunning => WindowsServiceHelpers.IsWindowsService();

    /// <summary>Sends the log to the application's event log too.</summary>
    public static void AddEventLog(ILoggerFactory logging) =>
        logging.AddProvider(
            new LimitedLog(new MaskedLoggerProvider(new EventLogLoggerProvider(new EventLogSettings { SourceName = Name })), TimeProvider.System));

    /// <inheritdoc cref="RunLifetime.RunAsync"/>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> run, CancellationToken cancel)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            ApplicationName = Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Services.AddWindowsService(options => options.ServiceName = Name);
        builder.Services.AddSingleton(run).AddHostedService<ServiceBody>();
        using var host = builder.Build();
        await host.RunAsync(cancel);
        return host.Services.GetServices<IHostedService>().OfType<ServiceBody>().Single().ExitCode;
    }

    /// <summary>Runs between the service's start and its stop; when the run ends by itself, so does the service.</summary>
    private sealed class ServiceBody(
        Func<CancellationToken, Task<int>> run, IHostApplicationLifetime lifetime, IHostLifetime control) : BackgroundService
    {
        public int ExitCode { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            // The service counts as started from the first await on; reading the file and opening the device may take longer than that.
            await Task.Yield();
            ExitCode = await run(stoppingToken);
            if (control is ServiceBase service)
            {
                service.ExitCode = ExitCode;
            }

            lifetime.StopApplication();
        }
    }
}
