using System.Net.NetworkInformation;
using Culvert.Plugins.Encrypt;

namespace Encrypt.Tests.Cases;

/// <summary>Interfaces by name, against the base library's list.</summary>
public sealed class InterfaceTests
{
    [Fact]
    public void An_interface_is_found_by_its_name()
    {
        var loopback = NetworkInterface.GetAllNetworkInterfaces().First(one => one.NetworkInterfaceType == NetworkInterfaceType.Loopback);
        Assert.Equal((uint)NetworkInterface.LoopbackInterfaceIndex, Interfaces.Find(loopback.Name));
        Assert.Null(Interfaces.Find("no-such-device"));
    }
}
