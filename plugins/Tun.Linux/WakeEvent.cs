using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// Wakes a thread that waits for a file. <see cref="Set"/> may be called from any thread, often: while a wake is pending it costs one
/// exchange of a flag and no system call.
/// </summary>
internal sealed unsafe class WakeEvent : IDisposable
{
    private readonly FileDescriptor _event;
    private int _pending;

    public WakeEvent()
    {
        _event = EventFd.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        if (_event.IsInvalid)
        {
            throw new IOException($"eventfd: {Errno.Text(Errno.Last)}");
        }
    }

    /// <summary>The event's own file, readable while a wake is pending.</summary>
    public int Descriptor => _event.Number;

    /// <summary>Makes the wait that runs, or else the next one, return.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0)
        {
            ulong one = 1;
            _ = Unistd.write(_event.Number, &one, sizeof(ulong));
        }
    }

    /// <summary>Takes a pending wake without waiting. For the waiting thread only.</summary>
    /// <returns>True when there was one.</returns>
    public bool TryTake()
    {
        if (Volatile.Read(ref _pending) == 0)
        {
            return false;
        }

        Take();
        return true;
    }

    /// <summary>Waits until a file can be read, has an error, or a wake comes. For one thread only.</summary>
    /// <param name="descriptor">The file.</param>
    /// <returns>True for the file, false for a wake, which is taken.</returns>
    public bool WaitWith(int descriptor)
    {
        var files = stackalloc Poll.PollFd[2];
        files[0] = new Poll.PollFd { fd = descriptor, events = Poll.POLLIN };
        files[1] = new Poll.PollFd { fd = _event.Number, events = Poll.POLLIN };
        while (!TryTake())
        {
            var ready = Poll.poll(files, 2, Poll.Forever);
            if (ready < 0 && Errno.Last != Errno.EINTR)
            {
                throw new IOException($"poll: {Errno.Text(Errno.Last)}");
            }

            if (ready > 0 && files[0].revents != 0)
            {
                return true;
            }

            if (ready > 0)
            {
                // Perhaps from a Set whose flag was taken before it came to write: then this wake is one too many, which does no harm.
                Take();
                return false;
            }
        }

        return false;
    }

    public void Dispose() => _event.Dispose();

    private void Take()
    {
        // A Set between the two lines is served by the caller's return; it may leave its flag, or its event, for one more.
        Volatile.Write(ref _pending, 0);
        ulong count;
        _ = Unistd.read(_event.Number, &count, sizeof(ulong));
    }
}
