using System.Threading.Channels;
using Culvert.Engine.Configuration;
using Culvert.Engine.Control;
using Culvert.Engine.Inspection;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Host.Output;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>
/// One <c>culvert run</c>: 1. read and plan the file; 2. open it; 3. serve requests until it ends; 4. close in order; 5. report.
/// Diagnostics and the log go to standard error, the report to standard output.
/// </summary>
internal sealed class RunSession : IDisposable
{
    private readonly string _path;
    private readonly int? _inspectEvery;
    private readonly ILoggerFactory _logging;
    private readonly ILogger _logger;
    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly PipelineLoader _loader = new(PluginStore.BesideProgram());
    private readonly ServiceProvider _services;
    private readonly Channel<RunRequest> _requests = Channel.CreateUnbounded<RunRequest>();
    private LoadedPipeline _loaded = null!;
    private Pipeline _pipeline = null!;

    public RunSession(string path, int? inspectEvery, ILoggerFactory logging, TextWriter output, TextWriter errors)
    {
        (_path, _inspectEvery, _logging, _output, _errors) = (path, inspectEvery, logging, output, errors);
        _logger = logging.CreateLogger("culvert");
        _services = new ServiceCollection().AddSingleton(logging).BuildServiceProvider();
    }

    /// <summary>Runs until asked to end.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        if (!TryLoad(out _loaded))
        {
            return ExitCodes.WrongInput;
        }

        using var signals = new RunSignals(_requests.Writer);
        using var cancelled = cancel.Register(() => _requests.Writer.TryWrite(RunRequest.Stop));
        if (!TryOpen(_loaded))
        {
            return ExitCodes.Failure;
        }

        var settings = _loaded.File!.Settings;
        var control = new RunControl(_path, () => _pipeline);
        await using var socket = ControlServer.TryStart(
            settings.Control is { } place ? [place.Full] : ControlPath.Candidates(_path), control.AnswerAsync, _logger);
        await using var metrics = settings.Metrics is { } address
            ? MetricsServer.TryStart(address, () => MetricsText.Write(_pipeline.GetStatus()), _logger)
            : null;
        var exit = await ServeAsync();
        _output.WriteLine(StatusText.Render(StatusJson.Write(_pipeline.GetStatus())));
        RunLog.Stopped(_logger);
        return exit.ExitCode;
    }

    public void Dispose() => _services.Dispose();

    private async Task<PipelineExit> ServeAsync()
    {
        while (true)
        {
            var request = _requests.Reader.ReadAsync().AsTask();
            if (await Task.WhenAny(request, _pipeline.Completion) != request)
            {
                return await _pipeline.Completion;
            }

            if (await request == RunRequest.Stop)
            {
                RunLog.Stopping(_logger);
                _pipeline.RequestStop();
                return await _pipeline.Completion;
            }

            if (await ReloadAsync() is { } failed)
            {
                return failed;
            }
        }
    }

    private bool TryLoad(out LoadedPipeline loaded)
    {
        loaded = _loader.Load(_path);
        DiagnosticOutput.Write(_errors, loaded.Diagnostics);
        return loaded.IsValid;
    }

    private bool TryOpen(LoadedPipeline loaded)
    {
        try
        {
            var options = OptionsFor(loaded.File!.Settings);
            _pipeline = Pipeline.Start(loaded.Plan!, options);
            RunLog.Opened(_logger, loaded.File, loaded.Plan!, options.Lanes);
            return true;
        }
        catch (PipelineStartException error)
        {
            RunLog.StartFailed(_logger, error.Message, error.Remedy);
            return false;
        }
    }

    private PipelineOptions OptionsFor(PipelineSettings settings) => new()
    {
        Lanes = settings.Lanes.Resolve(),
        BatchSize = settings.Batch,
        BusyPoll = settings.BusyPoll,
        InspectEvery = _inspectEvery ?? settings.Inspect?.Every,
        LoggerFactory = _logging,
        Services = _services,
    };

    /// <returns>How the pipeline ended, when neither the new nor the old one can run; else null.</returns>
    private async Task<PipelineExit?> ReloadAsync()
    {
        if (!TryLoad(out var loaded))
        {
            RunLog.ReloadRefused(_logger, _path);
            return null;
        }

        var result = SharedByAll(loaded) == SharedByAll(_loaded) ? _pipeline.Reload(loaded.Plan!) : null;
        switch (result?.Outcome ?? ReloadOutcome.NeedsRestart)
        {
            case ReloadOutcome.Swapped:
                _loaded = loaded;
                RunLog.Reloaded(_logger, _path, Listed(result!.Kept), Listed(result.Added), Listed(result.Removed));
                return null;
            case ReloadOutcome.NeedsRestart:
                return await ReopenAsync(loaded);
            default:
                RunLog.ReloadFailed(_logger, result!.Failure?.Message ?? "the pipeline is closing", result.Failure?.Remedy);
                return null;
        }
    }

    private async Task<PipelineExit?> ReopenAsync(LoadedPipeline loaded)
    {
        RunLog.Reopening(_logger, _path);
        _pipeline.RequestStop();
        var exit = await _pipeline.Completion;
        if (TryOpen(loaded))
        {
            _loaded = loaded;
            return null;
        }

        // What ran a moment ago most likely still can.
        return TryOpen(_loaded) ? null : PipelineExit.Failed(exit.Reason ?? "neither the new nor the old pipeline starts");
    }

    private static (int Lanes, int Batch, TimeSpan BusyPoll, int? InspectEvery) SharedByAll(LoadedPipeline loaded)
    {
        var settings = loaded.File!.Settings;
        return (settings.Lanes.Resolve(), settings.Batch, settings.BusyPoll, settings.Inspect?.Every);
    }

    private static string Listed(IReadOnlyList<string> ids) => ids.Count == 0 ? "none" : string.Join(", ", ids);
}
