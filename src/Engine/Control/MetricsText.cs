using System.Globalization;
using System.Text;
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
        ("culvert_stage_packet_nanoseconds", "gauge", "Mean time of one packet in the stage.", traffic => traffic.NanosecondsPerPacket),
    ];

    /// <summary>The media type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="clients">The counters of the host's own servers.</param>
    public static string Write(PipelineStatus status, CounterSet clients)
    {
        ArgumentNullException.ThrowIfNull(clients);
        ArgumentNullException.ThrowIfNull(status);
        var text = new StringBuilder();
        Single(text, "culvert_uptime_seconds", "gauge", "Time since the pipeline was started.", status.Uptime.TotalSeconds);
        Single(text, "culvert_mtu_bytes", "gauge", "The largest packet inside the tunnel.", status.Mtu);
        Single(text, "culvert_leases_in_use", "gauge", "Packets that stages hold or have under way.", status.LeasesInUse);
        Single(text, "culvert_lease_capacity", "gauge", "The size of the packet pool.", status.LeaseCapacity);
        foreach (var (name, type, help, read) in _perDirection)
        {
            Head(text, name, type, help);
            foreach (var stage in status.Stages)
            {
                Line(text, name, read(stage.Outbound), ("stage", stage.Id), ("direction", "outbound"));
                Line(text, name, read(stage.Inbound), ("stage", stage.Id), ("direction", "inbound"));
            }
        }

        WriteStages(text, status);
        Head(text, "culvert_clients_total", "counter", "Connections to the control socket and the HTTP port, by what became of them.");
        foreach (var counter in clients.All)
        {
            Line(text, "culvert_clients_total", counter.Value, [("counter", counter.Name), .. Tags(counter)]);
        }

        return text.ToString();
    }

    private static void WriteStages(StringBuilder text, PipelineStatus status)
    {
        Head(text, "culvert_stage_faults_total", "counter", "How often the stage threw.");
        foreach (var stage in status.Stages)
        {
            Line(text, "culvert_stage_faults_total", stage.Faults, ("stage", stage.Id));
        }

        Head(text, "culvert_stage_held_packets", "gauge", "Packets that the stage took or rented and still has.");
        foreach (var stage in status.Stages)
        {
            Line(text, "culvert_stage_held_packets", stage.Held, ("stage", stage.Id));
        }

        Head(text, "culvert_stage_drops_total", "counter", "Packets dropped at the stage, by reason; 'culvert stages NAME' explains each.");
        foreach (var (stage, reason) in Counters(status, drops: true))
        {
            Line(text, "culvert_stage_drops_total", reason.Value, [("stage", stage), ("reason", reason.Name), .. Tags(reason)]);
        }

        Head(text, "culvert_stage_counter_total", "counter", "What the stage counts itself; 'culvert stages NAME' explains each.");
        foreach (var (stage, counter) in Counters(status, drops: false))
        {
            Line(text, "culvert_stage_counter_total", counter.Value, [
                ("stage", stage), ("counter", counter.Name), ("unit", counter.Unit), .. Tags(counter)]);
        }
    }

    private static IEnumerable<(string Stage, Counter Counter)> Counters(PipelineStatus status, bool drops) =>
        from stage in status.Stages from counter in stage.Counters where counter.IsDropReason == drops select (stage.Id, counter);

    private static IEnumerable<(string, string)> Tags(Counter counter) => counter.Tags.Select(tag => (tag.Key.Replace('-', '_'), tag.Value));

    private static void Single(StringBuilder text, string name, string type, string help, double value)
    {
        Head(text, name, type, help);
        Line(text, name, value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, double? value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (value is null)
        {
            return;
        }

        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        text.Append(labels.Length == 0 ? " " : "} ").Append(value.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
