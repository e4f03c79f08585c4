using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Endpoints.Interop;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Endpoints;

/// <summary>
/// Any number of the system's files behind one descriptor, which is readable while one of them is ready (<c>epoll(7)</c>). A file leaves the
/// set when it is closed. <see cref="Look"/> is for one thread; the other members are thread-safe.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class ReadySet : IDisposable
{
    /// <summary>The most files that one <see cref="Look"/> returns; the next one returns others.</summary>
    public const int MaxReady = 64;

    private readonly SafeFileHandle _set;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaxReady * Epoll.EventSize, pinned: true);

    /// <summary>Creates an empty set.</summary>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public ReadySet()
    {
        var number = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        _set = number >= 0 ? new SafeFileHandle(number, ownsHandle: true) : throw Failed("epoll_create1");
        Descriptor = number;
    }

    /// <summary>The descriptor, for <c>poll(2)</c>.</summary>
    public int Descriptor { get; }

    /// <summary>Adds a file, to be read.</summary>
    /// <param name="file">An open descriptor.</param>
    /// <param name="token">Returned when the file is ready.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    public void Add(SafeHandle file, long token) => Control(Epoll.EPOLL_CTL_ADD, file, token, writable: false);

    /// <summary>Changes whether a file of the set is ready when it can be written.</summary>
    /// <param name="file">A file of the set.</param>
    /// <param name="token">As before.</param>
    /// <param name="writable">Whether writing counts; reading always does.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    public void Watch(SafeHandle file, long token, bool writable) => Control(Epoll.EPOLL_CTL_MOD, file, token, writable);

    /// <summary>Returns the files that are ready now, without waiting.</summary>
    /// <param name="ready">Room for <see cref="MaxReady"/>.</param>
    /// <returns>How many.</returns>
    public int Look(Span<ReadyFile> ready)
    {
        var events = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_events, 0);
        var count = Math.Max(0, Epoll.epoll_wait(_set, events, Math.Min(MaxReady, ready.Length), Poll.NotAtAll));
        for (var i = 0; i < count; i++)
        {
            var one = events + (i * Epoll.EventSize);
            var mask = *(uint*)one;
            var token = *(long*)(one + Epoll.DataOffset);
            ready[i] = new ReadyFile(
                token, (mask & (Epoll.EPOLLIN | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0, (mask & Epoll.EPOLLOUT) != 0);
        }

        return count;
    }

    /// <summary>Closes the set; the files belong to the caller.</summary>
    public void Dispose() => _set.Dispose();

    private static IOException Failed(string call) => new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private void Control(int operation, SafeHandle file, long token, bool writable)
    {
        var one = stackalloc byte[Epoll.EventSize];
        *(uint*)one = Epoll.EPOLLIN | (writable ? Epoll.EPOLLOUT : 0);
        *(long*)(one + Epoll.DataOffset) = token;
        if (Epoll.epoll_ctl(_set, operation, file, one) != 0)
        {
            throw Failed("epoll_ctl");
        }
    }
}
