using System.Runtime.InteropServices;
using Culvert.Host.Run;
using Culvert.Host.Wg.Interop;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Wg;

/// <summary>Runs an interface in this process until it is stopped, its device is deleted or its UAPI socket is removed.</summary>
internal static class WgForeground
{
    /// <summary>The line on standard output once the interface is there.</summary>
    public const string Ready = "ready";

    /// <summary>Runs it.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(WgInterface device, LogLevel level, TextWriter output, TextWriter errors, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var events = new EventFeed();
        using var logging = LogOutput.Create(level, events: events);
        var logger = logging.CreateLogger("culvert");
        try
        {
            Directory.CreateDirectory(WgInterface.Folder);
            if (!OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(WgInterface.SocketFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            await File.WriteAllTextAsync(device.File, device.ToYaml(), cancel);
            using var watch = WatchSocket(device, stop);
            using var session = new RunSession(device.File, null, logging, events, output, RunLifetime.Errors(logging, errors))
            {
                KeepsLowPorts = true,
                Opened = () => Announce(device, logger, output),
            };
            return await session.RunAsync(stop.Token);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"culvert wg: {error.Message}; run as root");
            return ExitCodes.Failure;
        }
        finally
        {
            TryDelete(device.File);
        }
    }

    // Whoever removes the socket ends the interface, as with wireguard-go.
    private static FileSystemWatcher WatchSocket(WgInterface device, CancellationTokenSource stop)
    {
        var watch = new FileSystemWatcher(WgInterface.SocketFolder, Path.GetFileName(device.Socket));
        watch.Deleted += (_, _) => stop.Cancel();
        watch.EnableRaisingEvents = true;
        return watch;
    }

    private static void Announce(WgInterface device, ILogger logger, TextWriter output)
    {
        if (NetDevice.SetMtu(device.Name, WgInterface.InitialMtu) is not 0 and var errno)
        {
            WgLog.MtuRefused(logger, device.Name, WgInterface.InitialMtu, Marshal.GetPInvokeErrorMessage(errno));
        }

        output.WriteLine(Ready);
        output.Flush();
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start writes it anew.
        }
    }
}

/// <summary>The log of <c>culvert wg</c>.</summary>
internal static partial class WgLog
{
    [LoggerMessage(50, LogLevel.Warning, "{Device}: the MTU {Mtu} was refused: {Reason}")]
    public static partial void MtuRefused(ILogger logger, string device, int mtu, string reason);
}
