namespace Culvert.Host.Doctor.Machines;

/// <summary>
/// A clock that is behind. WireGuard's peers refuse an initiation whose timestamp is not newer than the last one, so that a clock that went back keeps
/// this end out until it has caught up.
/// </summary>
internal sealed class ClockCheck() : MachineCheck("clock")
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        var now = site.Machine.Time.GetUtcNow();
        foreach (var path in new[] { typeof(ClockCheck).Assembly.Location, site.Path })
        {
            if (File.Exists(path) && new DateTimeOffset(File.GetLastWriteTimeUtc(path)) is var written && written > now + Tolerance)
            {
                yield return new Finding(
                    $"the clock says {now:yyyy-MM-dd HH:mm:ss} UTC, but '{Path.GetFileName(path)}' was written at {written:yyyy-MM-dd HH:mm:ss} UTC: it is behind, and peers refuse handshakes as replayed",
                    "set the clock and keep it right with NTP ('timedatectl set-ntp true')");
                yield break;
            }
        }
    }
}
