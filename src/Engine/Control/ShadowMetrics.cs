using Culvert.Engine.Running;

namespace Culvert.Engine.Control;

/// <summary>The metrics of candidates beside stages; none where no entry has one.</summary>
internal static class ShadowMetrics
{
    private static readonly (string Name, string Type, string Help, Func<ShadowStatus, double> Read)[] _all =
    [
        ("culvert_shadow_running", "gauge", "1 while the shadow gets packets, 0 once it is switched off.", shadow => shadow.OffReason is null ? 1 : 0),
        ("culvert_shadow_compared_packets_total", "counter", "Packets whose results were compared with the shadow's.", shadow => shadow.Compared),
        ("culvert_shadow_different_packets_total", "counter", "Packets for which the shadow's result differs.", shadow => shadow.Different),
        ("culvert_shadow_skipped_packets_total", "counter", "Sampled packets that the shadow did not get.",
            shadow => shadow.SkippedBehind + shadow.SkippedOverBudget + shadow.SkippedTooLong),
        ("culvert_shadow_faults_total", "counter", "How often the shadow threw.", shadow => shadow.Faults),
        ("culvert_shadow_emitted_packets_total", "counter", "Packets that the shadow emitted; none of them was sent.", shadow => shadow.Emitted),
    ];

    /// <summary>Writes them.</summary>
    public static void Write(MetricsWriter metrics, PipelineStatus status)
    {
        (string Stage, ShadowStatus Shadow)[] shadows = [.. from stage in status.Stages where stage.Shadow is not null select (stage.Id, stage.Shadow)];
        foreach (var (name, type, help, read) in shadows.Length == 0 ? [] : _all)
        {
            metrics.Begin(name, type, help);
            foreach (var (stage, shadow) in shadows)
            {
                metrics.Sample(name, read(shadow), ("stage", stage), ("candidate", shadow.Stage));
            }
        }
    }
}
