using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Fuzz.Tests.Engine;

/// <summary>
/// The counters that instrumented code increments at every branch, one for each edge between two branches as in AFL, and what earlier inputs reached.
/// One for the process, as the counters are; used by one thread.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Edges = 1 << 16;

    private readonly byte* _counters = (byte*)NativeMemory.AlignedAlloc(Edges, 64);
    private readonly byte[] _seen = new byte[Edges];

    private Coverage()
    {
        Trace.SharedMem = _counters;
        Begin();
    }

    /// <summary>The coverage of this process.</summary>
    public static Coverage Shared { get; } = new();

    /// <summary>The number of edges that any input reached since <see cref="Forget"/>.</summary>
    public int Count => _seen.Length - _seen.AsSpan().Count((byte)0);

    /// <summary>Forgets what was reached: another target begins.</summary>
    public void Forget() => Array.Clear(_seen);

    /// <summary>Before an input runs.</summary>
    public void Begin()
    {
        Trace.PrevLocation = 0;
        new Span<byte>(_counters, Edges).Clear();
    }

    /// <summary>Adds what the input reached.</summary>
    /// <returns>Whether it reached an edge that none before did, or one in another order of magnitude of times.</returns>
    public bool Add()
    {
        var isNew = false;
        var words = new ReadOnlySpan<ulong>(_counters, Edges / sizeof(ulong));
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] != 0)
            {
                isNew |= AddWord(i * sizeof(ulong));
            }
        }

        return isNew;
    }

    private bool AddWord(int start)
    {
        var isNew = false;
        for (var i = start; i < start + sizeof(ulong); i++)
        {
            // Powers of two: loops of 100 and 101 rounds are alike.
            var magnitude = (byte)(_counters[i] == 0 ? 0 : 1 << BitOperations.Log2(_counters[i]));
            isNew |= (magnitude & ~_seen[i]) != 0;
            _seen[i] |= magnitude;
        }

        return isNew;
    }
}
