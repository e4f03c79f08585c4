using Culvert.Counters;
using Culvert.Engine.Running;

namespace Culvert.Engine.Control;

/// <summary>A pipeline's status in the text format of Prometheus (exposition format 0.0.4).</summary>
internal static class MetricsText
{
    private delegate double? Reading(TrafficStatus traffic);

    private static readonly (string Name, string Type, string Help, Reading Read)[] _perDirection =
    [
        ("culvert_stage_packets_total", "counter", "Packets that came to the stage.", traffic => traffic.PacketsIn),
        ("culvert_stage_bytes_total", "counter", "Bytes that came to the stage.", traffic => traffic.BytesIn),
        ("culvert_stage_dropped_packets_total", "counter", "Packets that the stage dropped.", traffic => traffic.Dropped),
        ("culvert_stage_discarded_packets_total", "counter", "Packets that the host dropped at the stage, faults excluded.", traffic => traffic.Discarded),
        ("culvert_stage_consumed_packets_total", "counter", "Packets that were for the stage itself.", traffic => traffic.Consumed),
        ("culvert_stage_taken_packets_total", "counter", "Packets that the stage took out to keep.", traffic => traffic.Taken),
        ("culvert_stage_faulted_packets_total", "counter", "Packets lost because the stage threw.", traffic => traffic.Faulted),
        ("culvert_stage_passed_by_packets_total", "counter", "Packets that did not match the entry's condition.", traffic => traffic.PassedBy),
        ("culvert_stage_emitted_packets_total", "counter", "Packets that the stage made itself.", traffic => traffic.Emitted),
        ("culvert_stage_packet_seconds", "gauge", "Mean time of one packet in the stage.", traffic => traffic.NanosecondsPerPacket / 1e9),
    ];

    /// <summary>The media type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="clients">The counters of the host's own servers.</param>
    /// <param name="peers">The most peers that get metrics of their own; 0 for none.</param>
    /// <param name="version">The program's version.</param>
    public static string Write(PipelineStatus status, CounterSet clients, int peers, string version)
    {
        ArgumentNullException.ThrowIfNull(clients);
        ArgumentNullException.ThrowIfNull(status);
        var metrics = new MetricsWriter();
        metrics.Begin("culvert_build_info", "gauge", "Always 1; the label says which version runs.");
        metrics.Sample("culvert_build_info", 1, ("version", version));
        metrics.Single("culvert_uptime_seconds", "gauge", "Time since the pipeline was started.", status.Uptime.TotalSeconds);
        metrics.Single("culvert_mtu_bytes", "gauge", "The largest packet inside the tunnel.", status.Mtu);
        metrics.Single("culvert_leases_in_use", "gauge", "Packets that stages hold or have under way.", status.LeasesInUse);
        metrics.Single("culvert_lease_capacity", "gauge", "The size of the packet pool.", status.LeaseCapacity);
        foreach (var (name, type, help, read) in _perDirection)
        {
            metrics.Begin(name, type, help);
            foreach (var stage in status.Stages)
            {
                metrics.Sample(name, read(stage.Outbound), ("stage", stage.Id), ("direction", "outbound"));
                metrics.Sample(name, read(stage.Inbound), ("stage", stage.Id), ("direction", "inbound"));
            }
        }

        WriteStages(metrics, status);
        WriteCounters(metrics, status);
        ShadowMetrics.Write(metrics, status);
        metrics.Begin("culvert_clients_total", "counter", "Connections to the control socket and the HTTP port, by what became of them.");
        foreach (var counter in clients.All)
        {
            metrics.Sample("culvert_clients_total", counter.Value, [("counter", counter.Name), .. Tags(counter)]);
        }

        PeerMetrics.Write(metrics, status, peers);
        ProcessMetrics.Write(metrics);
        return metrics.ToString();
    }

    private static void WriteStages(MetricsWriter metrics, PipelineStatus status)
    {
        metrics.Begin("culvert_stage_faults_total", "counter", "How often the stage threw.");
        foreach (var stage in status.Stages)
        {
            metrics.Sample("culvert_stage_faults_total", stage.Faults, ("stage", stage.Id));
        }

        metrics.Begin("culvert_stage_held_packets", "gauge", "Packets that the stage took or rented and still has.");
        foreach (var stage in status.Stages)
        {
            metrics.Sample("culvert_stage_held_packets", stage.Held, ("stage", stage.Id));
        }

        metrics.Begin("culvert_stage_drops_total", "counter", "Packets dropped at the stage, by reason; 'culvert stages NAME' explains each.");
        foreach (var (stage, reason) in Counters(status, drops: true))
        {
            metrics.Sample("culvert_stage_drops_total", reason.Value, [("stage", stage), ("reason", reason.Name), .. Tags(reason)]);
        }
    }

    // One metric a unit: a sum over a metric must mean something.
    private static void WriteCounters(MetricsWriter metrics, PipelineStatus status)
    {
        foreach (var unit in Counters(status, drops: false).GroupBy(one => one.Counter.Unit, StringComparer.Ordinal))
        {
            var name = $"culvert_stage_counted_{NamePart(unit.Key)}_total";
            metrics.Begin(name, "counter", $"What the stage counts itself, in {unit.Key}; 'culvert stages NAME' explains each.");
            foreach (var (stage, counter) in unit)
            {
                metrics.Sample(name, counter.Value, [("stage", stage), ("counter", counter.Name), .. Tags(counter)]);
            }
        }
    }

    private static IEnumerable<(string Stage, Counter Counter)> Counters(PipelineStatus status, bool drops) =>
        from stage in status.Stages from counter in stage.Counters where counter.IsDropReason == drops select (stage.Id, counter);

    private static IEnumerable<(string, string)> Tags(Counter counter) => counter.Tags.Select(tag => (tag.Key.Replace('-', '_'), tag.Value));

    private static string NamePart(string unit) =>
        string.Concat(unit.Select(one => char.IsAsciiLetterOrDigit(one) ? char.ToLowerInvariant(one) : '_'));
}
