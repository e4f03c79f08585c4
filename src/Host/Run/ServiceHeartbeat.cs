using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Engine.Running;

namespace Culvert.Host.Run;

/// <summary>
/// Feeds the service manager's watchdog and its status line while a pipeline runs. The watchdog is fed on the service thread, and only while no
/// lane has spent <see cref="BatchLimit"/> on one batch: a blocked stage or timer callback lets it expire. Lanes are not woken.
/// </summary>
internal sealed class ServiceHeartbeat : IDisposable
{
    /// <summary>The time after which a lane that is still in the same batch is stuck.</summary>
    public static readonly TimeSpan BatchLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(10);

    // With many peers reading the status takes a while: it may cost a hundredth of the time.
    private const int StatusPause = 100;

    // WireGuard's REJECT_AFTER_TIME: a session that is older carries nothing.
    private static readonly TimeSpan SessionAge = TimeSpan.FromSeconds(180);

    private readonly ServiceManager _manager;
    private readonly Func<Pipeline> _current;
    private readonly Timer? _timer;
    private string? _reported;
    private long _nextStatus;

    /// <param name="manager">Receives the reports.</param>
    /// <param name="current">The pipeline that runs now; a reload may have replaced it.</param>
    public ServiceHeartbeat(ServiceManager manager, Func<Pipeline> current)
    {
        (_manager, _current) = (manager, current);
        if (manager.IsPresent)
        {
            var interval = manager.WatchdogTimeout is { } timeout && timeout / 4 < StatusInterval ? timeout / 4 : StatusInterval;
            _timer = new Timer(_ => Beat(), null, TimeSpan.Zero, interval);
        }
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>The status line: how many of the peers have a session.</summary>
    internal static string Summarize(IEnumerable<JsonObject?> details, DateTimeOffset now)
    {
        var peers = details.SelectMany(detail => detail?["peers"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        return peers.Count == 0 ? "Running" : $"Running: {peers.Count(peer => IsUp(peer, now))} of {peers.Count} peers up";
    }

    private static bool IsUp(JsonObject peer, DateTimeOffset now) => Text(peer["state"]) is { } state
        ? state == "up"
        : DateTimeOffset.TryParse(Text(peer["latest-handshake"]), CultureInfo.InvariantCulture, out var at) && now - at < SessionAge;

    // What other people's stages tell may have any shape.
    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private void Beat()
    {
        var pipeline = _current();
        pipeline.WhenResponsive(BatchLimit, _manager.Alive);
        var began = Stopwatch.GetTimestamp();
        if (began >= _nextStatus)
        {
            ReportStatus(pipeline);
            _nextStatus = began + (StatusPause * (Stopwatch.GetTimestamp() - began));
        }
    }

    private void ReportStatus(Pipeline pipeline)
    {
        var status = Summarize(pipeline.GetStatus().Stages.Select(stage => stage.Details), DateTimeOffset.UtcNow);
        if (status != _reported)
        {
            _reported = status;
            _manager.Status(status);
        }
    }
}
