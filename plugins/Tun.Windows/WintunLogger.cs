using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Windows.Interop;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>
/// Brings the driver's messages into our log. The driver has one logger in a process: the last stage that asked gets them.
/// </summary>
internal sealed unsafe class WintunLogger : IDisposable
{
    private static WintunLogger? s_current;

    private readonly ILogger _logger;

    public WintunLogger(ILogger logger)
    {
        _logger = logger;
        Volatile.Write(ref s_current, this);
        Wintun.WintunSetLogger(&OnMessage);
    }

    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref s_current, null, this) == this)
        {
            Wintun.WintunSetLogger(null);
        }
    }

    /// <summary>Called by the driver from any thread; nothing may be thrown into it.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static void OnMessage(int level, ulong timestamp, char* message)
    {
        if (Volatile.Read(ref s_current) is { } current && message != null)
        {
            var text = new string(message);
            switch (level)
            {
                case Wintun.WINTUN_LOG_ERR:
                    TunLog.DriverFails(current._logger, text);
                    break;
                case Wintun.WINTUN_LOG_WARN:
                    TunLog.DriverWarns(current._logger, text);
                    break;
                default:
                    TunLog.DriverSays(current._logger, text);
                    break;
            }
        }
    }
}
