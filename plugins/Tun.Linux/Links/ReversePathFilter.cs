namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// The kernel's reverse path filter (RFC 3704, <c>rp_filter</c>). In strict mode it drops the datagrams of peers once the default route
/// leads into the tunnel: an answer to them without the mark would leave by the tunnel's device.
/// </summary>
internal static class ReversePathFilter
{
    private const string Folder = "/proc/sys/net/ipv4/conf";
    private const int Strict = 1;

    /// <summary>Returns the first device that filters strictly, or <c>all</c>; null for none.</summary>
    /// <param name="tunnel">The tunnel's device, which receives no datagrams of peers.</param>
    public static string? StrictDevice(string tunnel)
    {
        // The larger of the two values applies to a device.
        var all = Read("all");
        if (all >= Strict)
        {
            return all == Strict ? "all" : null;
        }

        return Directory.Exists(Folder)
            ? Directory.EnumerateDirectories(Folder).Select(Path.GetFileName)
                .FirstOrDefault(device => device != tunnel && device is not ("all" or "default" or "lo") && Read(device!) == Strict)
            : null;
    }

    private static int Read(string device)
    {
        try
        {
            return int.TryParse(File.ReadAllText($"{Folder}/{device}/rp_filter"), out var value) ? value : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
