using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>
/// The known flows of all lanes, in arrays of fixed size: sets of 16, one of which a flow's hash selects. In a full set a flow that has
/// expired makes room, else the half-open or finished one that was idle for longest; an established one never does. Any thread may use it.
/// A set is held for some ten nanoseconds by a thread that works on it, and others spin meanwhile; nothing is allocated.
/// </summary>
internal sealed class FlowTable
{
    /// <summary>The flows of a set.</summary>
    public const int Ways = 16;

    private readonly ulong[] _secrets = new ulong[5];
    private readonly int[] _gates;
    private readonly ushort[] _tags;
    private readonly Flow[] _flows;

    /// <summary>Creates an empty table.</summary>
    /// <param name="capacity">The most flows, 1 or more; rounded up to a multiple of 16.</param>
    public FlowTable(int capacity)
    {
        var sets = (capacity + Ways - 1) / Ways;
        _gates = new int[sets];
        _tags = new ushort[sets * Ways];
        _flows = new Flow[sets * Ways];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_secrets.AsSpan()));
    }

    /// <summary>The most flows.</summary>
    public int Capacity => _flows.Length;

    /// <summary>Holds the set of a flow until the result is disposed.</summary>
    public Set Hold(in FlowIdentity key)
    {
        var hash = key.Hash(_secrets);
        var index = (int)(((hash >> 32) * (ulong)_gates.Length) >> 32);
        Enter(index);
        // A tag of 0 is a free place.
        return new Set(this, index, (ushort)(hash | 1));
    }

    /// <summary>Calls a function with each flow that has not expired. Holds one set at a time.</summary>
    public void Visit(long now, Action<Flow> visit)
    {
        for (var index = 0; index < _gates.Length; index++)
        {
            Enter(index);
            try
            {
                for (var way = 0; way < Ways; way++)
                {
                    var at = (index * Ways) + way;
                    if (_tags[at] != 0 && _flows[at].Expires > now)
                    {
                        visit(_flows[at]);
                    }
                }
            }
            finally
            {
                Volatile.Write(ref _gates[index], 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter(int index)
    {
        if (Interlocked.CompareExchange(ref _gates[index], 1, 0) != 0)
        {
            Wait(index);
        }
    }

    private void Wait(int index)
    {
        var wait = default(SpinWait);
        do
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
        while (Interlocked.CompareExchange(ref _gates[index], 1, 0) != 0);
    }

    /// <summary>The set of one flow, held by this thread.</summary>
    public readonly ref struct Set(FlowTable table, int index, ushort tag)
    {
        private Span<Flow> Flows => table._flows.AsSpan(index * Ways, Ways);

        private ref ushort Tags => ref table._tags[index * Ways];

        /// <summary>Returns the flow, or a null reference when it is unknown.</summary>
        public ref Flow Find(in FlowIdentity key, long now)
        {
            ref var flow = ref Place(key);
            return ref !Unsafe.IsNullRef(ref flow) && flow.Expires > now ? ref flow : ref Unsafe.NullRef<Flow>();
        }

        /// <summary>Returns a place for a flow that is to be written, or a null reference when the table is full.</summary>
        /// <param name="key">The flow.</param>
        /// <param name="now">The time.</param>
        /// <param name="isEvicted">Whether another flow was evicted for it.</param>
        public ref Flow Claim(in FlowIdentity key, long now, out bool isEvicted)
        {
            isEvicted = false;
            ref var known = ref Place(key);
            if (!Unsafe.IsNullRef(ref known))
            {
                return ref known;
            }

            var (best, least) = (-1, long.MaxValue);
            for (var way = 0; way < Ways; way++)
            {
                ref var flow = ref Flows[way];
                if (Unsafe.Add(ref Tags, way) == 0)
                {
                    (best, least) = (way, long.MinValue);
                    break;
                }

                if ((flow.State <= FlowState.Finished || flow.Expires <= now) && flow.Expires < least)
                {
                    (best, least) = (way, flow.Expires);
                }
            }

            if (best < 0)
            {
                return ref Unsafe.NullRef<Flow>();
            }

            isEvicted = least > now;
            Unsafe.Add(ref Tags, best) = tag;
            return ref Flows[best];
        }

        /// <summary>Lets other threads use the set.</summary>
        public void Dispose() => Volatile.Write(ref table._gates[index], 0);

        private ref Flow Place(in FlowIdentity key)
        {
            var hits = Vector256.Equals(Vector256.LoadUnsafe(ref Tags), Vector256.Create(tag)).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                ref var flow = ref Flows[System.Numerics.BitOperations.TrailingZeroCount(hits)];
                if (flow.Key.Equals(key))
                {
                    return ref flow;
                }
            }

            return ref Unsafe.NullRef<Flow>();
        }
    }
}
