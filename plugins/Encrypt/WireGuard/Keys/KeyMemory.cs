using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>
/// Slots of one size for keys, in pages that contain nothing else: never moved, locked against being swapped out, and left out of core dumps.
/// Pages are reused and never given back. Where the system refuses to lock them (RLIMIT_MEMLOCK), keys are kept all the same and
/// <see cref="Refusal"/> is told. Thread-safe.
/// </summary>
/// <param name="slotSize">Bytes of a slot.</param>
/// <param name="protect">Protects pages, given their address and length; returns null, or why not.</param>
/// <param name="refusal">Receives that.</param>
internal sealed class KeyMemory(int slotSize, Func<nint, int, string?> protect, LockRefusal refusal)
{
    // A line of the cache, or two: what is larger are a few cipher states.
    private const int Granularity = 32;
    private const int LeastChunk = 32 * 1024;

    private static readonly ConcurrentDictionary<int, KeyMemory> _all = new();
    private static long _bytes;

    private readonly Lock _gate = new();
    private readonly Stack<ArraySegment<byte>> _free = new();

    /// <summary>Reports once for this process that pages could not be locked.</summary>
    public static LockRefusal Refusal { get; } = new();

    /// <summary>Bytes of all pages for keys.</summary>
    public static long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Returns the memory for keys of a length.</summary>
    public static KeyMemory For(int length) => _all.GetOrAdd((length + Granularity - 1) / Granularity * Granularity, size => new KeyMemory(size, Protect, Refusal));

    /// <summary>Takes a slot of zeros.</summary>
    public ArraySegment<byte> Take()
    {
        lock (_gate)
        {
            if (_free.Count == 0)
            {
                Grow();
            }

            return _free.Pop();
        }
    }

    /// <summary>Wipes a slot and takes it back.</summary>
    public void Return(ArraySegment<byte> slot)
    {
        Secrets.Wipe(slot);
        lock (_gate)
        {
            _free.Push(slot);
        }
    }

    private static string? Protect(nint address, int length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        _ = SysMman.madvise(address, (nuint)length, SysMman.MADV_DONTDUMP);
        return SysMman.mlock(address, (nuint)length) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();
    }

    // One array for whole pages, and one page more for their alignment: the array is pinned and referenced by its slots for good.
    private unsafe void Grow()
    {
        var page = Environment.SystemPageSize;
        var length = (Math.Max(LeastChunk, slotSize) + page - 1) / page * page;
        var array = GC.AllocateArray<byte>(length + page, pinned: true);
        var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        var offset = (int)(-start & (page - 1));
        Interlocked.Add(ref _bytes, length);
        if (protect(start + offset, length) is { } reason)
        {
            refusal.Note(reason);
        }

        for (var at = length / slotSize * slotSize; (at -= slotSize) >= 0;)
        {
            _free.Push(new ArraySegment<byte>(array, offset + at, slotSize));
        }
    }
}
