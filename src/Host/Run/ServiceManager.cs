using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Host.Run;

/// <summary>
/// Reports the state of the process to the service manager that started it: sd_notify(3), one datagram a report to the socket that
/// <c>NOTIFY_SOCKET</c> names. Without such a socket nothing is sent. Thread-safe.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _manager;

    /// <param name="address">The value of <c>NOTIFY_SOCKET</c>: a path, or an abstract name after an <c>@</c>; null for no manager.</param>
    /// <param name="watchdog">The value of <c>WATCHDOG_USEC</c> if it is meant for this process, else null.</param>
    public ServiceManager(string? address, string? watchdog)
    {
        if (string.IsNullOrEmpty(address) || OperatingSystem.IsWindows())
        {
            return;
        }

        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _manager = new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address);
        WatchdogTimeout = long.TryParse(watchdog, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }

    /// <summary>Whether a service manager listens.</summary>
    public bool IsPresent => _socket is not null;

    /// <summary>The time after which the manager ends a process that has not called <see cref="Alive"/>; null for never.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>The manager of this process, from its environment.</summary>
    public static ServiceManager FromEnvironment()
    {
        var pid = Environment.GetEnvironmentVariable("WATCHDOG_PID");
        var own = pid is null || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return new ServiceManager(
            Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), own ? Environment.GetEnvironmentVariable("WATCHDOG_USEC") : null);
    }

    /// <summary>The start or a reload is complete.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>A reload begins; <see cref="Ready"/> ends it, whatever its result.</summary>
    // Stopwatch counts CLOCK_MONOTONIC on Linux, the clock that the manager compares with.
    public void Reloading() => Send(string.Create(
        CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(Int128)Stopwatch.GetTimestamp() * 1_000_000 / Stopwatch.Frequency}"));

    /// <summary>The process closes.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string text) => Send("STATUS=" + text.ReplaceLineEndings(" "));

    /// <summary>Restarts the watchdog's time.</summary>
    public void Alive() => Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    private void Send(string state)
    {
        if (_socket is null)
        {
            return;
        }

        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _manager!);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // A manager that cannot be told must not end the tunnel; it notices by its own timeouts.
        }
    }
}
