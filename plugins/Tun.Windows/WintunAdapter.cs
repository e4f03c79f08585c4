using System.Globalization;
using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Windows.Interop;
using Culvert.Stages;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>One Wintun adapter: opened if it is there, else made; closing it removes the one that was made.</summary>
internal sealed class WintunAdapter : IDisposable
{
    private const string TunnelType = "Culvert";

    // Windows may still be removing the adapter of a run that crashed: for a moment it can be neither opened nor created.
    private const int MaxAttempts = 5;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(300);

    private nint _handle;

    private WintunAdapter(nint handle)
    {
        _handle = handle;
        Wintun.WintunGetAdapterLUID(handle, out var luid);
        Luid = luid;
    }

    /// <summary>The system's name of the interface.</summary>
    public ulong Luid { get; }

    /// <summary>The adapter, for starting a session.</summary>
    public nint Handle => _handle;

    /// <summary>The driver's version, <c>0.14</c>.</summary>
    public static string DriverVersion
    {
        get
        {
            var version = Wintun.WintunGetRunningDriverVersion();
            return string.Create(CultureInfo.InvariantCulture, $"{version >> 16}.{version & 0xFFFF}");
        }
    }

    /// <summary>Opens the adapter of that name, whether a crash left it or somebody created it, or creates one.</summary>
    /// <exception cref="StageStartException">It cannot be had.</exception>
    public static WintunAdapter OpenOrCreate(string name, ILogger logger)
    {
        for (var attempt = 1; ; attempt++)
        {
            var handle = Wintun.WintunOpenAdapter(name);
            if (handle != 0)
            {
                TunLog.Reused(logger, name);
                return new WintunAdapter(handle);
            }

            handle = Wintun.WintunCreateAdapter(name, TunnelType, AdapterGuid.For(name));
            if (handle != 0)
            {
                return new WintunAdapter(handle);
            }

            var code = Marshal.GetLastPInvokeError();
            if (attempt == MaxAttempts || code is not (WinError.ERROR_ALREADY_EXISTS or WinError.WAIT_TIMEOUT or WinError.ERROR_TIMEOUT))
            {
                throw TunStartError.NoAdapter(name, code);
            }

            Thread.Sleep(_pause);
        }
    }

    public void Dispose()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            Wintun.WintunCloseAdapter(handle);
        }
    }
}
