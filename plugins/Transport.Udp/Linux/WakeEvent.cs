using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Plugins.Transport.Udp.Interop;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// Lets one thread sleep until its socket is readable or another thread sets the event (an <c>eventfd</c>). Setting costs a system call
/// only when no set is pending. <see cref="Set"/> from any thread, <see cref="Wait"/> from one.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class WakeEvent : IDisposable
{
    private readonly SocketHandle _event;
    private int _pending;

    public WakeEvent()
    {
        var fd = SysEventfd.eventfd(0, SysEventfd.EFD_NONBLOCK | SysEventfd.EFD_CLOEXEC);
        _event = fd >= 0 ? new SocketHandle(fd) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Makes the wait that goes on, or the next one, end.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0)
        {
            ulong one = 1;
            _ = SysEventfd.write(_event, &one, sizeof(ulong));
        }
    }

    /// <summary>Sleeps until the socket has something to report or the event is set; a set is used up.</summary>
    /// <returns>True when the event was set.</returns>
    public bool Wait(SocketHandle socket)
    {
        var fds = stackalloc SysPoll.pollfd[2];
        fds[0] = new SysPoll.pollfd { fd = socket.Number, events = SysPoll.POLLIN };
        fds[1] = new SysPoll.pollfd { fd = _event.Number, events = SysPoll.POLLIN };
        if (SysPoll.poll(fds, 2, timeoutMilliseconds: -1) <= 0 || fds[1].revents == 0)
        {
            return false;
        }

        // First empty the event, then allow the next set to write: the other way round a set between the two would be lost. A set that
        // comes between them finds the flag still up, and whoever waits returns now anyway.
        ulong value;
        _ = SysEventfd.read(_event, &value, sizeof(ulong));
        Volatile.Write(ref _pending, 0);
        return true;
    }

    public void Dispose() => _event.Dispose();
}
