using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Culvert.Endpoints.Flows;

/// <summary>
/// A bounded table that the lanes of an entry share: flows, translations, counts by address. It has sets of 16 entries, and an entry's hash
/// selects its set. In a full set an entry that has expired makes room, else the one that <see cref="ISharedEntry{TKey, TSelf}.ChooseVictim"/>
/// names. Keep the table in <c>IStageContext.State</c>, so that it outlives a reload:
/// <code>
/// using var set = _table.Hold(key);
/// ref var entry = ref set.Find(key, batch.Timestamp);
/// if (!Unsafe.IsNullRef(ref entry))
/// {
///     entry.Expires = batch.Timestamp + _idle;
/// }
/// </code>
/// Any thread may use it. A set is held for some ten nanoseconds by a thread that works on it, and others spin meanwhile: never log, emit or
/// take another set inside, but by <see cref="TryHold"/>. Nothing is allocated after construction.
/// </summary>
/// <typeparam name="TKey">The key; compared through <see cref="ISharedEntry{TKey, TSelf}.Has"/>.</typeparam>
/// <typeparam name="TEntry">The entry, stored in place.</typeparam>
public sealed class SharedTable<TKey, TEntry>
    where TKey : struct, ISharedKey
    where TEntry : struct, ISharedEntry<TKey, TEntry>
{
    /// <summary>The entries of a set.</summary>
    public const int Ways = 16;

    // The head of a set: one cache line, with the gate in its first word and the tags in the last four.
    private const int HeadWords = 8;
    private const int TagsWord = 4;

    private readonly ulong[] _secrets = new ulong[ISharedKey.Secrets];
    private readonly TEntry[] _entries;
    private readonly ulong[] _heads;
    private readonly int _firstHead;
    private readonly int _sets;

    /// <summary>Creates an empty table.</summary>
    /// <param name="capacity">The most entries, 1 or more; rounded up to a multiple of 16.</param>
    public SharedTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _sets = (capacity + Ways - 1) / Ways;
        _entries = new TEntry[_sets * Ways];
        _heads = GC.AllocateArray<ulong>((_sets + 1) * HeadWords, pinned: true);
        _firstHead = FirstAligned(_heads);
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_secrets.AsSpan()));
    }

    /// <summary>The most entries.</summary>
    public int Capacity => _entries.Length;

    /// <summary>Holds the set of a key until the result is disposed.</summary>
    /// <param name="key">The key.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Set Hold(scoped in TKey key)
    {
        var hash = key.Hash(_secrets);
        var index = (int)(((hash >> 32) * (ulong)_sets) >> 32);
        Enter(index);

        // A tag of 0 is a free place.
        return new Set(this, index, (ushort)(hash | 1));
    }

    /// <summary>Holds the set of the entry at a place.</summary>
    /// <param name="place">From <see cref="Set.PlaceOf"/>.</param>
    public Set Hold(int place)
    {
        Enter(place / Ways);
        return new Set(this, place / Ways, 0);
    }

    /// <summary>Holds the set of the entry at a place unless another thread holds it: for use while this thread holds a set.</summary>
    /// <param name="place">From <see cref="Set.PlaceOf"/>.</param>
    /// <param name="set">The set, when <see langword="true"/> is returned.</param>
    public bool TryHold(int place, out Set set)
    {
        var isHeld = Interlocked.CompareExchange(ref GateOf(place / Ways), 1, 0) == 0;
        set = isHeld ? new Set(this, place / Ways, 0) : default;
        return isHeld;
    }

    /// <summary>Calls a function with each entry that has not expired. Holds one set at a time, and none during a call.</summary>
    /// <param name="now">The time.</param>
    /// <param name="visit">Gets a copy of each entry.</param>
    public void Visit(long now, Action<TEntry> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var copies = new TEntry[Ways];
        for (var index = 0; index < _sets; index++)
        {
            var count = 0;
            using (var set = Hold(index * Ways))
            {
                for (var place = index * Ways; place < (index + 1) * Ways; place++)
                {
                    ref var entry = ref set.At(place, now);
                    if (!Unsafe.IsNullRef(ref entry))
                    {
                        copies[count++] = entry;
                    }
                }
            }

            foreach (var copy in copies.AsSpan(0, count))
            {
                visit(copy);
            }
        }
    }

    private ref ulong HeadOf(int index) => ref _heads[_firstHead + (index * HeadWords)];

    private ref int GateOf(int index) => ref Unsafe.As<ulong, int>(ref HeadOf(index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter(int index)
    {
        ref var gate = ref GateOf(index);
        if (Interlocked.CompareExchange(ref gate, 1, 0) != 0)
        {
            Wait(ref gate);
        }
    }

    private static void Wait(ref int gate)
    {
        var wait = default(SpinWait);
        do
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
        while (Interlocked.CompareExchange(ref gate, 1, 0) != 0);
    }

    // The array is pinned, so what is aligned stays aligned.
    private static int FirstAligned(ulong[] heads)
    {
        const int line = HeadWords * sizeof(ulong);
        var past = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(heads, 0) % line);
        return past == 0 ? 0 : (line - past) / sizeof(ulong);
    }

    /// <summary>One set, held by this thread.</summary>
    public readonly ref struct Set
    {
        private readonly SharedTable<TKey, TEntry> _table;
        private readonly int _index;
        private readonly ushort _tag;

        internal Set(SharedTable<TKey, TEntry> table, int index, ushort tag) => (_table, _index, _tag) = (table, index, tag);

        private Span<TEntry> Entries => _table._entries.AsSpan(_index * Ways, Ways);

        private ref ushort Tags => ref Unsafe.As<ulong, ushort>(ref Unsafe.Add(ref _table.HeadOf(_index), TagsWord));

        /// <summary>Returns the entry of the key that the set is held for, or a null reference when it is unknown.</summary>
        /// <param name="key">The key.</param>
        /// <param name="now">The time.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref TEntry Find(scoped in TKey key, long now)
        {
            ref var entry = ref Search(key);
            return ref !Unsafe.IsNullRef(ref entry) && entry.Expires > now ? ref entry : ref Unsafe.NullRef<TEntry>();
        }

        /// <summary>Returns the entry at a place of this set, or a null reference when it has expired or the place is free.</summary>
        /// <param name="place">The place.</param>
        /// <param name="now">The time.</param>
        public ref TEntry At(int place, long now)
        {
            ref var entry = ref Entries[place - (_index * Ways)];
            return ref Unsafe.Add(ref Tags, place - (_index * Ways)) != 0 && entry.Expires > now ? ref entry : ref Unsafe.NullRef<TEntry>();
        }

        /// <summary>
        /// Returns a place for the entry of the key that the set is held for, or a null reference when no entry makes room. The caller writes
        /// the entry; until then it is the one that was there before, or all zero.
        /// </summary>
        /// <param name="key">The key.</param>
        /// <param name="now">The time.</param>
        /// <param name="isEvicted">Whether an entry that has not expired makes room.</param>
        public ref TEntry Claim(scoped in TKey key, long now, out bool isEvicted)
        {
            isEvicted = false;
            ref var known = ref Search(key);
            if (!Unsafe.IsNullRef(ref known))
            {
                return ref known;
            }

            var (best, least) = (-1, now + 1);
            for (var way = 0; way < Ways; way++)
            {
                if (Unsafe.Add(ref Tags, way) == 0)
                {
                    best = way;
                    break;
                }

                if (Entries[way].Expires < least)
                {
                    (best, least) = (way, Entries[way].Expires);
                }
            }

            if (best < 0)
            {
                best = TEntry.ChooseVictim(Entries, key, now);
                isEvicted = best >= 0;
            }

            if (best < 0)
            {
                return ref Unsafe.NullRef<TEntry>();
            }

            Unsafe.Add(ref Tags, best) = _tag;
            return ref Entries[best];
        }

        /// <summary>Returns the place of an entry of this set: a number below <see cref="Capacity"/> that no other entry has meanwhile.</summary>
        /// <param name="entry">A reference into this set.</param>
        public int PlaceOf(ref TEntry entry) =>
            (_index * Ways) + (int)(Unsafe.ByteOffset(ref MemoryMarshal.GetReference(Entries), ref entry) / Unsafe.SizeOf<TEntry>());

        /// <summary>Whether a place is one of this set.</summary>
        /// <param name="place">A place.</param>
        public bool Contains(int place) => place / Ways == _index;

        /// <summary>Clears the entry at a place of this set, which is free from then on.</summary>
        /// <param name="place">The place.</param>
        public void Free(int place)
        {
            Entries[place - (_index * Ways)] = default;
            Unsafe.Add(ref Tags, place - (_index * Ways)) = 0;
        }

        /// <summary>Lets other threads use the set.</summary>
        public void Dispose() => Volatile.Write(ref _table.GateOf(_index), 0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private ref TEntry Search(scoped in TKey key)
        {
            var hits = Vector256.Equals(Vector256.LoadUnsafe(ref Tags), Vector256.Create(_tag)).ExtractMostSignificantBits();
            ref var first = ref _table._entries[_index * Ways];
            for (; hits != 0; hits &= hits - 1)
            {
                // One of the 16 of the set, which is in the table.
                ref var entry = ref Unsafe.Add(ref first, BitOperations.TrailingZeroCount(hits));
                if (entry.Has(key))
                {
                    return ref entry;
                }
            }

            return ref Unsafe.NullRef<TEntry>();
        }
    }
}
