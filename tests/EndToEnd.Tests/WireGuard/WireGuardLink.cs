using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// Two namespaces joined by a link: ours has 192.0.2.1 and 2001:db8::1, the other 192.0.2.2 and 2001:db8::2. Each test has one of its own.
/// </summary>
internal sealed class WireGuardLink : IDisposable
{
    public const int Port = 51820;

    public WireGuardLink()
    {
        Requires.Root();
        Requires.TunDevice();
        Requires.Tool("wireguard-go");
        Requires.Tool("wg");
        Requires.Tool("ping");
        Ours = NetworkNamespace.Create();
        Theirs = NetworkNamespace.Create();
        NetworkNamespace.Connect(Ours, "eth0", Theirs, "eth0");
        AddAddress(Ours, "192.0.2.1/24");
        AddAddress(Ours, "2001:db8::1/64");
        AddAddress(Theirs, "192.0.2.2/24");
        AddAddress(Theirs, "2001:db8::2/64");
    }

    public NetworkNamespace Ours { get; }

    public NetworkNamespace Theirs { get; }

    /// <summary>Our end at 10.99.0.1 and fd99::1.</summary>
    public CulvertSite Culvert(string options = "") =>
        new(Ours, ["10.99.0.1/24", "fd99::1/64"], $"[::]:{Port}") { Options = options };

    /// <summary>Their end at 10.99.0.2 and fd99::2.</summary>
    public WireGuardGoSite WireGuardGo() => new(Theirs, ["10.99.0.2/24", "fd99::2/64"], Port);

    public static void AddAddress(NetworkNamespace space, string address) =>
        space.Run($"ip addr add {address} dev eth0{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}");

    public void Dispose()
    {
        Ours.Dispose();
        Theirs.Dispose();
    }
}
