using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>The tool that the other tests of this project stand on.</summary>
public sealed class NetworkNamespaceTests
{
    [Fact]
    public void Code_and_commands_run_inside_and_nothing_stays()
    {
        Requires.Root();
        Requires.Tool("ping");
        string path;
        int child;
        using (var left = NetworkNamespace.Create())
        using (var right = NetworkNamespace.Create())
        {
            path = left.Path;
            NetworkNamespace.Connect(left, "eth7", right, "eth8");
            left.Run("ip addr add 192.0.2.1/24 dev eth7");
            right.Run("ip addr add 192.0.2.2/24 dev eth8");
            left.Run("ping -c 1 -W 2 192.0.2.2");

            Assert.Contains(left.Invoke(NetworkInterface.GetAllNetworkInterfaces), device => device.Name == "eth7");
            Assert.DoesNotContain(NetworkInterface.GetAllNetworkInterfaces(), device => device.Name == "eth7");
            using var socket = left.Invoke(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Bind(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0));
            Assert.Throws<NotSupportedException>(() => left.Invoke(() => throw new NotSupportedException()));
            child = right.Start("sleep", "1000").Id;
            Assert.True(Directory.Exists($"/proc/{child}"));
        }

        Assert.False(File.Exists(path));
        Assert.False(Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public void A_command_is_killed_at_its_limit_and_a_failure_includes_its_output()
    {
        Requires.Root();
        using var space = NetworkNamespace.Create();
        Assert.Throws<TimeoutException>(() => space.Run("sleep 1000", TimeSpan.FromMilliseconds(50)));
        Assert.Contains("nosuch", Assert.Throws<InvalidOperationException>(() => space.Run("ip link show nosuch")).Message, StringComparison.Ordinal);
    }
}
