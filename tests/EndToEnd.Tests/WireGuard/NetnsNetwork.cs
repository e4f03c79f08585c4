using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// Three namespaces and two interfaces between the outer ones: 192.168.241.1 and fd00::1 at the left, .2 and ::2 at the right, ports 10000 and
/// 20000, with a preshared key.
/// </summary>
internal sealed partial class NetnsNetwork : IDisposable
{
    public const int Mtu = 1420;
    public const int BigMtu = 34816 - 1500 + Mtu;

    private readonly bool _firstIsOurs;
    private readonly bool _secondIsOurs;
    private readonly WgProgram _program = new();
    private readonly List<(NetworkNamespace Space, string Device)> _made = [];

    public NetnsNetwork(bool firstIsOurs, bool secondIsOurs)
    {
        Requires.TunDevice();
        foreach (var tool in new[] { "wg", "wireguard-go", "iperf3", "ping" })
        {
            Requires.Tool(tool);
        }

        (_firstIsOurs, _secondIsOurs) = (firstIsOurs, secondIsOurs);
    }

    public NetworkNamespace Outer { get; } = NetworkNamespace.Create();

    public NetworkNamespace Left { get; } = NetworkNamespace.Create();

    public NetworkNamespace Right { get; } = NetworkNamespace.Create();

    public string First { get; } = WgProgram.NewName();

    public string Second { get; } = WgProgram.NewName();

    public (string Private, string Public) FirstKey { get; } = TwoSites.NewKey();

    public (string Private, string Public) SecondKey { get; } = TwoSites.NewKey();

    /// <summary>Makes the interfaces in the outer namespace, where their sockets stay, and moves the devices.</summary>
    public void MakeMoved()
    {
        foreach (var (device, ours, space) in new[] { (First, _firstIsOurs, Left), (Second, _secondIsOurs, Right) })
        {
            _program.Start(Outer, device, ours);
            _made.Add((space, device));
            Outer.Run($"ip link set {device} netns {space.Name}");
        }

        Configure();
        SetEndpoints("127.0.0.1:10000", "127.0.0.1:20000");
    }

    /// <summary>Makes the interfaces where their devices are to be.</summary>
    public void MakeInPlace()
    {
        foreach (var (device, ours, space) in new[] { (First, _firstIsOurs, Left), (Second, _secondIsOurs, Right) })
        {
            _program.Start(space, device, ours);
            _made.Add((space, device));
        }

        Configure();
    }

    /// <summary>Makes one more interface of ours in the outer namespace.</summary>
    public string MakeAlone()
    {
        var name = WgProgram.NewName();
        _program.Start(Outer, name, ours: true);
        _made.Add((Outer, name));
        return name;
    }

    public void SetEndpoints(string first, string second)
    {
        Outer.Run($"wg set {First} peer {SecondKey.Public} endpoint {second}");
        Outer.Run($"wg set {Second} peer {FirstKey.Public} endpoint {first}");
    }

    public void SetMtu(int mtu)
    {
        Left.Run($"ip link set {First} mtu {mtu.ToString(CultureInfo.InvariantCulture)}");
        Right.Run($"ip link set {Second} mtu {mtu.ToString(CultureInfo.InvariantCulture)}");
    }

    public void SetConfiguration(string device, IEnumerable<string> lines)
    {
        var file = Path.Combine(_program.Folder, "wg.conf");
        File.WriteAllLines(file, lines);
        Outer.Run($"wg setconf {device} {file}");
    }

    /// <summary>Pings, TCP and UDP in both directions and families.</summary>
    public void CheckPackets()
    {
        Right.Run("ping -c 10 -f -W 1 192.168.241.1");
        Left.Run("ping -c 10 -f -W 1 192.168.241.2");
        Right.Run("ping -6 -c 10 -f -W 1 fd00::1");
        Left.Run("ping -6 -c 10 -f -W 1 fd00::2");
        Transfer(Left, Right, "192.168.241.2");
        Transfer(Right, Left, "fd00::1");
        Transfer(Right, Left, "192.168.241.1", "-u -b 0");
        Transfer(Left, Right, "fd00::2", "-u -b 0");
    }

    /// <summary>The device's counters grow by about what ten pings are.</summary>
    public void CheckCounters()
    {
        var before = Counters();
        Right.Run("ping -c 10 -f -W 1 192.168.241.1");
        var after = Counters();
        Assert.InRange(after.Received - before.Received, 840, 2500);
        Assert.InRange(after.Sent - before.Sent, 840, 2500);
    }

    /// <summary>Whether a datagram from the right arrives at the left within a second.</summary>
    public bool Arrives(string text)
    {
        const int port = 1111;
        using var listener = Left.Invoke(() => new UdpClient(new IPEndPoint(IPAddress.Parse("192.168.241.1"), port)));
        listener.Client.ReceiveTimeout = 1000;
        using var sender = Right.Invoke(() => new UdpClient(AddressFamily.InterNetwork));
        sender.Send(Encoding.ASCII.GetBytes(text), new IPEndPoint(IPAddress.Parse("192.168.241.1"), port));
        try
        {
            var from = new IPEndPoint(IPAddress.Any, 0);
            return Encoding.ASCII.GetString(listener.Receive(ref from)) == text;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.TimedOut)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (var (space, device) in _made)
        {
            WgProgram.Remove(space, device);
        }

        foreach (var space in new[] { Outer, Left, Right })
        {
            space.Dispose();
        }

        _program.Dispose();
    }

    private void Configure()
    {
        var psk = Write("psk", TwoSites.NewKey().Private);
        Left.Run($"ip addr add 192.168.241.1/24 dev {First}");
        Left.Run($"ip addr add fd00::1/24 dev {First}");
        Right.Run($"ip addr add 192.168.241.2/24 dev {Second}");
        Right.Run($"ip addr add fd00::2/24 dev {Second}");
        Outer.Run($"wg set {First} private-key {Write("first", FirstKey.Private)} listen-port 10000 peer {SecondKey.Public} preshared-key {psk} "
            + "allowed-ips 192.168.241.2/32,fd00::2/128");
        Outer.Run($"wg set {Second} private-key {Write("second", SecondKey.Private)} listen-port 20000 peer {FirstKey.Public} preshared-key {psk} "
            + "allowed-ips 192.168.241.1/32,fd00::1/128");
        Left.Run($"ip link set up dev {First}");
        Right.Run($"ip link set up dev {Second}");
    }

    private string Write(string name, string secret)
    {
        var path = Path.Combine(_program.Folder, name);
        File.WriteAllText(path, secret);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static void Transfer(NetworkNamespace from, NetworkNamespace to, string address, string options = "")
    {
        const int port = 5201;
        using var server = to.Start("iperf3", "-s", "-1", "-B", address);
        Eventually.True(
            () => to.Run($"ss -Htln sport = {port}").Contains(address, StringComparison.Ordinal), TimeSpan.FromSeconds(20), () => "No iperf3 listens.");
        from.Run($"iperf3 -Z -n 32M {options} -c {address}", TimeSpan.FromSeconds(60));
        Assert.True(server.WaitForExit(TimeSpan.FromSeconds(20)));
    }

    private (long Received, long Sent) Counters()
    {
        var numbers = Numbers().Matches(Right.Run($"ip -s -o link show {Second}"));
        return (long.Parse(numbers[0].Value, CultureInfo.InvariantCulture), long.Parse(numbers[1].Value, CultureInfo.InvariantCulture));
    }

    // "RX: bytes packets … \ 1234 …" and the same for TX.
    [GeneratedRegex(@"(?<=[RT]X:[^\\]*\\\s+)\d+")]
    private static partial Regex Numbers();
}
