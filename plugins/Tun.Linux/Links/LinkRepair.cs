using Culvert.Plugins.Tun.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// Sets addresses and routes again that the kernel removed by itself: it does so when a device goes down, when its MTU falls below 1280, and
/// when it moves to another network namespace. What somebody removed by hand is reported once and left alone. Used on one thread.
/// </summary>
/// <param name="link">The device.</param>
/// <param name="isNew">Whether the stage made the device, which then has no link-local address of the kernel's.</param>
/// <param name="logger">The stage's log.</param>
internal sealed class LinkRepair(LinkSetup link, bool isNew, ILogger logger)
{
    private readonly HashSet<object> _reported = [];
    private bool _mayHaveLost;

    /// <summary>Something happened to the device.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="state">How it is now.</param>
    /// <param name="mayHaveLost">Whether the kernel may have removed something by itself.</param>
    public void Look(string device, in LinkState state, bool mayHaveLost)
    {
        _mayHaveLost |= mayHaveLost;
        if (!state.CanHoldIpv6)
        {
            // It would not stay; the change back is reported too.
            _mayHaveLost = true;
            return;
        }

        var missing = Missing();
        if (missing.Length > 0 && _mayHaveLost)
        {
            var back = link.SetAgain(missing, isNew);
            TunLog.DeviceItemsRestored(logger, device, string.Join(", ", back));
            _reported.ExceptWith(back);
        }
        else if (missing.Where(_reported.Add).ToArray() is { Length: > 0 } news)
        {
            TunLog.DeviceItemsRemoved(logger, device, string.Join(", ", news.Select(item => item.ToString())));
        }

        _mayHaveLost = false;
        _reported.IntersectWith(Missing());
    }

    private object[] Missing()
    {
        try
        {
            var contents = link.Contents();
            return [.. link.Set.Distinct().Where(item => !contents.Has(item))];
        }
        catch (NetlinkException error) when (error.Errno is Errno.ENODEV)
        {
            return [];
        }
    }
}
