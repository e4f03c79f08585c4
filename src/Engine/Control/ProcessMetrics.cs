using System.Diagnostics;
using System.Globalization;

namespace Culvert.Engine.Control;

/// <summary>The metrics of the process under the names that every Prometheus client library uses.</summary>
internal static class ProcessMetrics
{
    /// <summary>Writes them as they are now. Any thread.</summary>
    public static void Write(MetricsWriter metrics)
    {
        using var process = Process.GetCurrentProcess();
        metrics.Single("process_cpu_seconds_total", "counter", "Processor time, user and system.", process.TotalProcessorTime.TotalSeconds);
        metrics.Single("process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        metrics.Single("process_threads", "gauge", "Threads.", process.Threads.Count);
        metrics.Single(
            "process_start_time_seconds", "gauge", "When the process started, since the Unix epoch.",
            new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        if (OpenFiles() is { } open)
        {
            metrics.Single("process_open_fds", "gauge", "Open file descriptors.", open);
        }

        if (MaxFiles() is { } max)
        {
            metrics.Single("process_max_fds", "gauge", "The limit of open file descriptors.", max);
        }
    }

    // "Max open files            1024                 524288               files": the soft limit is in force.
    private static long? MaxFiles()
    {
        const string head = "Max open files";
        try
        {
            var line = OperatingSystem.IsLinux()
                ? File.ReadLines("/proc/self/limits").FirstOrDefault(one => one.StartsWith(head, StringComparison.Ordinal))
                : null;
            return long.TryParse(line?[head.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out var max)
                ? max
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Only Linux counts them. Without root a process that is not dumpable may not list its own, and the metric is left out.
    private static int? OpenFiles()
    {
        try
        {
            return OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
