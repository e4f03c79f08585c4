using System.Text.Json.Nodes;
using System.Threading.Channels;
using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Configuration;
using Culvert.Engine.Control;
using Culvert.Engine.Inspection;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Host.Hardening;
using Culvert.Host.Output;
using Culvert.Host.Page;
using Culvert.Tools.Views;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>
/// One <c>culvert run</c>: 1. read and plan the file; 2. open it; 3. serve requests until it ends; 4. close gracefully; 5. report.
/// Diagnostics and the log go to standard error, the report to standard output.
/// </summary>
internal sealed class RunSession : IDisposable
{
    private readonly string _path;
    private readonly int? _inspectEvery;
    private readonly ILoggerFactory _logging;
    private readonly EventFeed _events;
    private readonly ILogger _logger;
    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly PluginStore _plugins = PluginStore.BesideProgram();
    private readonly PipelineLoader _loader;
    private readonly ServiceManager _manager = ServiceManager.FromEnvironment();
    private readonly Channel<RunRequest> _requests = Channel.CreateUnbounded<RunRequest>();
    private readonly ProcessSandbox _sandbox;
    private readonly ForcedEnd _end = new();
    private readonly CounterSet _clients = new();
    private InspectionLedger? _inspection;
    private readonly Queue<RunRequest> _postponed = new();
    private LoadedPipeline _loaded = null!;
    private volatile bool _isReopening;
    private Pipeline _pipeline = null!;
    private ControlServer? _control;
    private HttpServer? _http;
    private bool _serves;

    public RunSession(string path, int? inspectEvery, ILoggerFactory logging, EventFeed events, TextWriter output, TextWriter errors)
    {
        (_path, _inspectEvery, _logging, _events, _output, _errors) = (path, inspectEvery, logging, events, output, errors);
        _logger = logging.CreateLogger("culvert");
        _sandbox = new ProcessSandbox(_logger);
        _loader = new PipelineLoader(_plugins);
    }

    /// <summary>Called once, when the pipeline runs and its control socket is there.</summary>
    public Action? Opened { get; init; }

    /// <summary>Whether the sandbox keeps the permission for ports below 1024, for a socket that is moved to one later.</summary>
    public bool KeepsLowPorts
    {
        init => _sandbox = new ProcessSandbox(_logger, value);
    }

    /// <summary>Runs until asked to end.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        HeapTrim.Share();
        ProcessSandbox.Prepare();
        if (!TryLoad(out _loaded))
        {
            return ExitCodes.WrongInput;
        }

        if (DescriptorLimit.Problem(_loaded.File!.Settings.Lanes.Resolve(), _loaded.Plan!.Stages[^1].Shape.Network?.MaxConnections ?? 0) is { } problem)
        {
            RunLog.StartFailed(_logger, problem, null);
            return ExitCodes.Failure;
        }

        _sandbox.BeforeStart(_loaded.Plan!);
        using var signals = new RunSignals(_requests.Writer, _end);
        using var cancelled = cancel.Register(() => _requests.Writer.TryWrite(RunRequest.Stop));
        var open = Task.Run(() => TryOpen(_loaded), CancellationToken.None);
        if (!await EndsBeforeStopAsync(open))
        {
            // A stage that does not start must not keep the program from ending; what it opened ends with the process, but for the socket's file.
            _end.Begin();
            RunLog.Stopping(_logger);
            await Task.WhenAny(open, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
            await (_control?.DisposeAsync() ?? ValueTask.CompletedTask);
            return ExitCodes.Success;
        }

        if (await open is not null)
        {
            return ExitCodes.Failure;
        }

        await using var socket = _control;
        await using var http = _http;
        LogOpened();
        Opened?.Invoke();
        _manager.Ready();
        using var heap = new HeapTrim();
        using var heartbeat = new ServiceHeartbeat(_manager, () => _pipeline);
        var exit = await ServeAsync();
        _end.Begin();
        _manager.Stopping();
        WriteReport();
        RunLog.Stopped(_logger);
        return exit.ExitCode;
    }

    public void Dispose() => _manager.Dispose();

    // Whoever was to read it may have gone: a closed terminal, a pipe without a reader, a full disk.
    private void WriteReport()
    {
        try
        {
            _output.WriteLine(StatusText.Render(PipelineView.Read(GetStatus())));
        }
        catch (IOException error)
        {
            RunLog.NoReport(_logger, error.Message);
        }
    }

    private Task<ReloadReport> RequestReadAsync(RunAction action, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<ReloadReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Writer.TryWrite(new RunRequest(action, answer));
        return answer.Task.WaitAsync(cancel);
    }

    private async Task<PipelineExit> ServeAsync()
    {
        while (true)
        {
            var request = _postponed.TryDequeue(out var next) ? Task.FromResult(next) : _requests.Reader.ReadAsync().AsTask();
            if (await Task.WhenAny(request, _pipeline.Completion) != request)
            {
                return await _pipeline.Completion;
            }

            var (action, answer) = await request;
            if (action == RunAction.Stop)
            {
                return await StopAsync();
            }

            if (action == RunAction.Check)
            {
                var check = Task.Run(Check);
                if (!await EndsBeforeStopAsync(check))
                {
                    return await StopAsync();
                }

                answer?.SetResult(await check);
                continue;
            }

            _manager.Reloading();
            var reload = Task.Run(ReloadAndReportAsync);
            if (!await EndsBeforeStopAsync(reload))
            {
                return await StopAsync();
            }

            var (report, failed) = await reload;
            if (failed is not null)
            {
                answer?.SetResult(report);
                return failed;
            }

            EnterSandbox(_loaded);
            _manager.Ready();
            answer?.SetResult(report);
        }
    }

    // As a reload reads it: with the environment and the permissions of this process.
    private ReloadReport Check()
    {
        var loaded = _loader.Load(_path);
        return new ReloadReport(loaded.IsValid ? ReloadReport.Valid : ReloadReport.Refused, loaded.Diagnostics);
    }

    private void EnterSandbox(LoadedPipeline loaded) => _sandbox.Enter(loaded.File!.Settings.Sandbox, loaded.Plan!, _path);

    // Once everything is open, and before the first packet or timer: from then on plugins run in the sandbox.
    private void BeforeTraffic(LoadedPipeline loaded, Pipeline pipeline)
    {
        _pipeline = pipeline;
        if (!_serves)
        {
            _serves = true;
            Serve(loaded.File!.Settings);
        }

        EnterSandbox(loaded);
    }

    private void Serve(PipelineSettings settings)
    {
        var control = new RunControl(_path, () => _pipeline, GetStatus, RequestReadAsync, _events, () => _requests.Writer.TryWrite(RunRequest.Stop), _logger);
        _control = ControlServer.TryStart(
            settings.Control is { } place ? [place.Full] : ControlPath.ToListen(_path), control.AnswerAsync, new ClientCounters(_clients, "control"),
            _logger);
        _http = settings.Metrics is { } address
            ? HttpServer.TryStart(address, Routes(control), new ClientCounters(_clients, "http"), _logger)
            : null;
    }

    // Not before the control socket is there: whoever waits for this line may ask at once.
    private void LogOpened() => RunLog.Opened(_logger, _loaded.File!, _loaded.Plan!, _loaded.File!.Settings.Lanes.Resolve());

    private async Task<PipelineExit> StopAsync()
    {
        RunLog.Stopping(_logger);
        _end.Begin();
        _manager.Stopping();
        _pipeline.RequestStop();
        return await _pipeline.Completion;
    }

    /// <summary>Waits for work that may be inside a stage; other requests wait for it, but for the one to stop.</summary>
    /// <returns>False when it is to stop.</returns>
    private async Task<bool> EndsBeforeStopAsync(Task work)
    {
        while (true)
        {
            var request = _requests.Reader.WaitToReadAsync().AsTask();
            if (await Task.WhenAny(work, request) == work)
            {
                return true;
            }

            while (_requests.Reader.TryRead(out var next))
            {
                if (next.Action == RunAction.Stop)
                {
                    return false;
                }

                _postponed.Enqueue(next);
            }
        }
    }

    private bool TryLoad(out LoadedPipeline loaded)
    {
        loaded = _loader.Load(_path);
        DiagnosticOutput.Write(_errors, loaded.Diagnostics);
        return loaded.IsValid;
    }

    /// <returns>Why it did not start; null when it runs.</returns>
    private PipelineStartException? TryOpen(LoadedPipeline loaded)
    {
        try
        {
            var settings = loaded.File!.Settings;
            _inspection = (_inspectEvery ?? settings.Inspect?.Every) is { } every
                ? new InspectionLedger(every, TimeProvider.System, _logging.CreateLogger("inspection"))
                : null;
            var options = OptionsFor(settings) with { BeforeTraffic = pipeline => BeforeTraffic(loaded, pipeline) };
            Pipeline.Start(loaded.Plan!, options);
            return null;
        }
        catch (PipelineStartException error)
        {
            RunLog.StartFailed(_logger, error.Problem, error.Bug);
            return error;
        }
    }

    private PipelineOptions OptionsFor(PipelineSettings settings) => new()
    {
        Lanes = settings.Lanes.Resolve(),
        BatchSize = settings.Batch,
        BusyPoll = settings.BusyPoll,
        Observer = _inspection is null ? null : _inspection.Observe,
        LoggerFactory = _logging,
        Progress = FeedWhileReopening,
    };

    // No service thread runs meanwhile that could feed the watchdog: each step that has ended does, and one that hangs lets it expire.
    private void FeedWhileReopening() => (_isReopening ? _manager : null)?.Alive();

    private async Task<(ReloadReport Report, PipelineExit? Exit)> ReloadAndReportAsync()
    {
        var result = await ReloadAsync();
        ReplacedPlugins.Report(_plugins, _logger);
        return result;
    }

    /// <returns>The result, and how the pipeline ended when neither the new nor the old one runs, else null.</returns>
    private async Task<(ReloadReport Report, PipelineExit? Exit)> ReloadAsync()
    {
        if (!TryLoad(out var loaded))
        {
            var refused = new ReloadReport(ReloadReport.Refused, loaded.Diagnostics);
            ReloadLog.ReloadRefused(_logger, _path, refused.ToLog());
            return (refused, null);
        }

        var result = SharedByAll(loaded) == SharedByAll(_loaded) ? _pipeline.Reload(loaded.Plan!) : null;
        switch (result?.Outcome ?? ReloadOutcome.NeedsRestart)
        {
            case ReloadOutcome.Swapped:
                _loaded = loaded;
                var applied = new ReloadReport(ReloadReport.Applied, loaded.Diagnostics) { Stages = result };
                ReloadLog.Reloaded(
                    _logger, _path, Listed(result!.Kept), Listed(result.Changed), Listed(result.Added), Listed(result.Removed), applied.ToLog());
                return (applied, null);
            case ReloadOutcome.NeedsRestart:
                return await ReopenAsync(loaded, result?.Reopened ?? ["lanes, batch, busy-poll or inspect changed"]);
            default:
                var reason = result!.Failure?.Message ?? "the pipeline is closing";
                var failed = Failed(loaded, reason, result.Failure?.Remedy);
                ReloadLog.ReloadFailed(_logger, result.Failure?.Problem ?? reason, failed.ToLog(), result.Failure?.Bug);
                return (failed, null);
        }
    }

    private async Task<(ReloadReport Report, PipelineExit? Exit)> ReopenAsync(LoadedPipeline loaded, IReadOnlyList<string> reasons)
    {
        _isReopening = true;
        try
        {
            return await CloseAndOpenAsync(loaded, reasons);
        }
        finally
        {
            _isReopening = false;
        }
    }

    private async Task<(ReloadReport Report, PipelineExit? Exit)> CloseAndOpenAsync(LoadedPipeline loaded, IReadOnlyList<string> reasons)
    {
        var reason = string.Join("; ", reasons);
        RunLog.Reopening(_logger, _path, reason);
        _pipeline.RequestStop();
        var exit = await _pipeline.Completion;
        FeedWhileReopening();
        if (TryOpen(loaded) is not { } error)
        {
            _loaded = loaded;
            LogOpened();
            var reopened = new ReloadReport(ReloadReport.Reopened, loaded.Diagnostics) { Reason = reason };
            ReloadLog.Reopened(_logger, _path, reopened.ToLog());
            return (reopened, null);
        }

        // What ran a moment ago most likely still can.
        var ended = TryOpen(_loaded) is null ? null : PipelineExit.Failed(exit.Reason ?? "neither the new nor the old pipeline starts");
        var failed = Failed(loaded, error.Message, error.Remedy);
        if (ended is null)
        {
            ReloadLog.ReloadFailed(_logger, error.Problem, failed.ToLog(), null);
        }

        return (failed, ended);
    }

    private static ReloadReport Failed(LoadedPipeline loaded, string reason, string? remedy) =>
        new(ReloadReport.Failed, loaded.Diagnostics) { Reason = reason, Remedy = remedy };

    private HttpRoute[] Routes(RunControl control) =>
    [
        new("/metrics", MetricsText.ContentType, () => MetricsText.Write(
            _pipeline.GetStatus(), _clients, _loaded!.File!.Settings.PeerMetrics, ProductVersion.Number)),
        .. new StatusPage(new PageFeed(control.GetStatus, TimeProvider.System)).Routes,
    ];

    private JsonObject GetStatus()
    {
        var status = StatusJson.Write(_pipeline.GetStatus(), _inspection?.GetReport(), _clients);
        status["sandbox"] = _sandbox.ToJson();
        return status;
    }

    private static (int Lanes, int Batch, TimeSpan BusyPoll, int? InspectEvery) SharedByAll(LoadedPipeline loaded)
    {
        var settings = loaded.File!.Settings;
        return (settings.Lanes.Resolve(), settings.Batch, settings.BusyPoll, settings.Inspect?.Every);
    }

    private static string Listed(IReadOnlyList<string> ids) => ids.Count == 0 ? "none" : string.Join(", ", ids);
}
