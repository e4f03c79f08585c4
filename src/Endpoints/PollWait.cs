using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Endpoints.Interop;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Endpoints;

/// <summary>
/// Lets one thread sleep until one of several files of the system can be read, or until another thread wakes it (<c>poll(2)</c> and an
/// <c>eventfd(2)</c>). <see cref="Wake"/> is for any thread, often: while a wake is pending it costs one exchange of a flag and no system
/// call. <see cref="Wait"/> and <see cref="Look"/> are for one thread. Nothing is allocated after construction.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class PollWait : IDisposable
{
    /// <summary>The most files that one can wait for.</summary>
    public const int MaxFiles = 32;

    private readonly Poll.PollFd[] _files;
    private readonly SafeFileHandle _event;
    private int _pending;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="descriptors">0 to <see cref="MaxFiles"/> file descriptors, which the caller keeps open as long as anyone waits.</param>
    /// <exception cref="IOException">The system has no descriptor left for the event.</exception>
    public PollWait(params ReadOnlySpan<int> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxFiles);
        var number = EventFd.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        if (number < 0)
        {
            throw new IOException($"eventfd: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        _event = new SafeFileHandle(number, ownsHandle: true);
        _files = GC.AllocateArray<Poll.PollFd>(descriptors.Length + 1, pinned: true);
        for (var i = 0; i < descriptors.Length; i++)
        {
            _files[i] = new Poll.PollFd { fd = descriptors[i], events = Poll.POLLIN };
        }

        _files[^1] = new Poll.PollFd { fd = number, events = Poll.POLLIN };
    }

    /// <summary>Waits for another file from the next <see cref="Wait"/> on. For the thread that waits.</summary>
    /// <param name="place">The file's place among those that were given.</param>
    /// <param name="descriptor">The other file, which the caller keeps open as long as anyone waits.</param>
    public void Replace(int place, int descriptor) => _files[place].fd = descriptor;

    /// <summary>Ends the current <see cref="Wait"/>, or else the next one.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _pending, 1) != 0)
        {
            return;
        }

        try
        {
            ulong one = 1;
            _ = EventFd.write(_event, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more; and who wakes, from a thread of their own, cannot know.
        }
    }

    /// <summary>Waits until a file can be read or has an error to tell, or a wake comes, which is used up.</summary>
    /// <exception cref="IOException">The system refuses to wait.</exception>
    public PollResult Wait() => Ask(Poll.Forever);

    /// <summary>Returns, without waiting, what <see cref="Wait"/> would return now.</summary>
    /// <exception cref="IOException">The system refuses to tell.</exception>
    public PollResult Look() => Ask(Poll.NotAtAll);

    /// <summary>Closes the event; the files belong to the caller.</summary>
    public void Dispose() => _event.Dispose();

    private PollResult Ask(int timeout)
    {
        const int interrupted = 4; // EINTR
        fixed (Poll.PollFd* files = _files)
        {
            while (Poll.poll(files, (nuint)_files.Length, timeout) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != interrupted)
                {
                    throw new IOException($"poll: {Marshal.GetPInvokeErrorMessage(error)}");
                }
            }

            uint ready = 0;
            for (var i = 0; i < _files.Length - 1; i++)
            {
                ready |= files[i].revents != 0 ? 1u << i : 0;
            }

            var woken = files[_files.Length - 1].revents != 0;
            if (woken)
            {
                TakeWake();
            }

            return new PollResult(ready, woken);
        }
    }

    private void TakeWake()
    {
        // First empty the event, then allow the next wake to write: the other way round one between the two would be lost. One that comes
        // between them finds the flag still up, and the caller returns now anyway: the exchange is a fence, so that whatever the caller
        // looks at next it reads after the flag is down.
        ulong count;
        _ = EventFd.read(_event, &count, sizeof(ulong));
        Interlocked.Exchange(ref _pending, 0);
    }
}

/// <summary>The result of a <see cref="PollWait"/>.</summary>
/// <param name="Ready">Bit i is set when the file at place i can be read, or has an error that reading reports.</param>
/// <param name="Woken">True when a wake was taken.</param>
public readonly record struct PollResult(uint Ready, bool Woken)
{
    /// <summary>Whether nothing was ready; only <see cref="PollWait.Look"/> returns that.</summary>
    public bool IsNothing => Ready == 0 && !Woken;

    /// <summary>Whether the file at that place can be read.</summary>
    public bool IsReady(int place) => (Ready & (1u << place)) != 0;
}
