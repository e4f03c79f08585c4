using System.Globalization;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A program that makes a WireGuard interface and goes into the background: ours by its link, or wireguard-go.</summary>
internal sealed class WgProgram : IDisposable
{
    private static int _counter;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-wg-");

    public WgProgram()
    {
        Link = Path.Combine(_folder.FullName, "culvert-wg");
        File.CreateSymbolicLink(Link, CulvertProgram.Path);
    }

    /// <summary>The path of the link <c>culvert-wg</c>.</summary>
    public string Link { get; }

    /// <summary>The folder of the link, for files of a test.</summary>
    public string Folder => _folder.FullName;

    /// <summary>A name that no interface has: their sockets lie in one folder, whatever their namespaces.</summary>
    public static string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $"cq{Environment.ProcessId % 100_000}x{Interlocked.Increment(ref _counter)}");

    /// <summary>Makes an interface, ours for packets as large as wireguard-go's, and waits until its program answers.</summary>
    public void Start(NetworkNamespace space, string device, bool ours)
    {
        space.TryRun(TimeSpan.FromSeconds(60), "env", "CULVERT_WG_PATH_MTU=34816", ours ? Link : "wireguard-go", device).Succeeded();
        // wireguard-go's child looks for the device by its name after its parent has ended, and ends where a test has moved it by then.
        space.Run($"wg show {device}");
    }

    /// <summary>Deletes an interface, wherever it is, and waits until its program has ended.</summary>
    public static void Remove(NetworkNamespace space, string device)
    {
        space.TryRun($"ip link del {device}");
        Eventually.True(
            () => !File.Exists($"/var/run/wireguard/{device}.sock"), TimeSpan.FromSeconds(30), () => $"The program of {device} does not end.");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
