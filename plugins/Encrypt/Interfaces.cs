using System.Net.NetworkInformation;
using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt;

/// <summary>The network interfaces of this host. Thread-safe; off the data path.</summary>
internal static class Interfaces
{
    /// <summary>Returns the index of an interface; null when there is none of that name.</summary>
    public static uint? Find(string name)
    {
        // One call, twice a second for each way by a device: the base library lists all interfaces with all routes.
        if (OperatingSystem.IsLinux())
        {
            return NetIf.if_nametoindex(name) is not 0 and var index ? index : null;
        }

        try
        {
            var found = Array.Find(NetworkInterface.GetAllNetworkInterfaces(), one => one.Name == name);
            return found is null ? null : (uint)IndexOf(found.GetIPProperties());
        }
        catch (NetworkInformationException)
        {
            // It went in between.
            return null;
        }
    }

    private static int IndexOf(IPInterfaceProperties properties) => properties.GetIPv4Properties()?.Index ?? properties.GetIPv6Properties().Index;
}
