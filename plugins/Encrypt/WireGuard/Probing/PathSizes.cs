namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>Which packet sizes a search tries between two others: those of common links first, then an even spread. Pure.</summary>
internal static class PathSizes
{
    /// <summary>IPv6's minimum link MTU (RFC 8200 section 5): the size that every tunnel carries, if need be in fragments.</summary>
    public const int Base = 1280;

    /// <summary>A tunnel without IPv6 goes down to what every IPv4 host takes (RFC 791).</summary>
    public const int MinIpv4 = 576;

    /// <summary>A search is over when the largest size that passes is known this closely, in bytes.</summary>
    public const int Granularity = 8;

    // The padding of a transport message.
    private const int Padding = 16;

    private const int MaxEven = 3;

    // IP packets on the path: jumbo frames, Ethernet, PPPoE, 6in4, IPsec, GRE and mobile networks, and paths with a tunnel of their own.
    private static readonly int[] CommonLinks = [9000, 4352, 2304, 1500, 1492, 1480, 1460, 1452, 1436, 1420, 1400, 1380, 1360, 1340, 1300, 1280, 1006, 636];

    /// <summary>The size in bytes from which a packet counts as full-sized: its loss may be due to its size.</summary>
    /// <param name="mtu">The largest packet that is sent.</param>
    public static int Full(int mtu) => Math.Min(Base + 1, mtu - Padding + 1);

    /// <summary>The sizes to try, the largest first.</summary>
    /// <param name="above">A size that passes, in bytes inside the tunnel.</param>
    /// <param name="below">A size that does not pass.</param>
    /// <param name="overhead">What is added to a packet on its way to the path, in bytes.</param>
    public static IReadOnlyList<int> Between(int above, int below, int overhead)
    {
        var common = Common(above, below, overhead);
        if (common.Count > 0)
        {
            return common;
        }

        var gap = below - above;
        var count = Math.Min(MaxEven, (gap - 1) / Granularity);
        return [.. Enumerable.Range(1, count).Select(part => above + (gap * part / (count + 1))).Reverse()];
    }

    /// <summary>The sizes of common links, the largest first.</summary>
    public static IReadOnlyList<int> Common(int above, int below, int overhead) =>
        [.. CommonLinks.Select(link => link - overhead).Where(size => size > above && size < below)];
}
