namespace Culvert.Host.Doctor.Machines;

/// <summary>A check of the machine, for a file that can be read. Linux only.</summary>
internal abstract class MachineCheck(string name) : Check(name)
{
    /// <summary>The most peers that are looked at one by one.</summary>
    protected const int MaxPeers = 100;

    public sealed override IEnumerable<Finding> Find(Site site) =>
        site.File is { } file && OperatingSystem.IsLinux() ? Find(site, file) : [];

    /// <summary>Examines the machine.</summary>
    protected abstract IEnumerable<Finding> Find(Site site, SiteFile file);

    /// <summary>Whether the routes of the file are worth a look: the device is there, and <c>ip</c> as well.</summary>
    /// <exception cref="NotCheckedException">There is no <c>ip</c>.</exception>
    protected static bool HasDevice(SiteFile file)
    {
        if (!file.HasDevice || !Machine.HasDevice(file.Device))
        {
            return false;
        }

        return Machine.Run("ip", "-V") is not null ? true : throw new NotCheckedException("'ip' of iproute2 is not installed");
    }
}
