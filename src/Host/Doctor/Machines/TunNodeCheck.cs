namespace Culvert.Host.Doctor.Machines;

/// <summary>The file by which devices are opened.</summary>
internal sealed class TunNodeCheck() : MachineCheck("tun-node")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        var node = site.Machine.TunNode;
        if (!file.HasDevice || site.Status is not null)
        {
            yield break;
        }

        if (!File.Exists(node))
        {
            yield return new Finding($"{node} does not exist", "run 'modprobe tun'; in a container, pass --device /dev/net/tun");
        }
        else if (Problem(node) is { } problem)
        {
            var mode = OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(node), 8).PadLeft(4, '0');
            yield return new Finding(
                $"{node} cannot be opened, mode {mode}: {problem}",
                $"run 'chmod 0666 {node}': the mode protects nothing, CAP_NET_ADMIN does; for a systemd unit add 'DeviceAllow=/dev/net/tun rw'");
        }
    }

    private static string? Problem(string node)
    {
        try
        {
            File.OpenHandle(node, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message.TrimEnd('.');
        }
    }
}
