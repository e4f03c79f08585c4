using Culvert.Filtering.Conditions;

namespace Culvert.Filtering;

/// <summary>
/// A condition as a flat list of comparisons with jumps that only lead forwards, as in the BPF of tcpdump: each packet takes one path
/// through it, and no path visits a comparison twice. Immutable.
/// </summary>
internal sealed class FilterProgram
{
    public const int Accept = -1;
    public const int Reject = -2;

    private readonly Instruction[] _code;
    private readonly int _entry;

    public FilterProgram(Node node)
    {
        // Backwards, so that the target of every jump is known when it is written.
        var code = new List<Instruction>();
        var entry = Emit(code, node, Accept, Reject);
        code.Reverse();
        _code = [.. code.Select(each => each with { WhenTrue = Turn(each.WhenTrue), WhenFalse = Turn(each.WhenFalse) })];
        _entry = Turn(entry);

        int Turn(int target) => target < 0 ? target : code.Count - 1 - target;
    }

    /// <summary>The number of comparisons.</summary>
    public int Length => _code.Length;

    public bool Matches(in PacketKey key)
    {
        var fields = key.Fields;
        var code = _code;
        var next = _entry;
        while ((uint)next < (uint)code.Length)
        {
            ref readonly var each = ref code[next];
            next = (fields[(int)each.Field] & each.Mask) - each.Low <= each.Span ? each.WhenTrue : each.WhenFalse;
        }

        return next == Accept;
    }

    /// <summary>Appends a condition and returns its entry.</summary>
    private static int Emit(List<Instruction> code, Node node, int whenTrue, int whenFalse)
    {
        switch (node)
        {
            case Compare compare:
                code.Add(new Instruction(compare.Mask, compare.Low, compare.Span, whenTrue, whenFalse, compare.Field));
                return code.Count - 1;
            case All all:
                return Merge(all).AsEnumerable().Reverse().Aggregate(whenTrue, (next, part) => Emit(code, part, next, whenFalse));
            case Any any:
                return any.Parts.Reverse().Aggregate(whenFalse, (next, part) => Emit(code, part, whenTrue, next));
            case Not not:
                return Emit(code, not.Inner, whenFalse, whenTrue);
            default:
                throw new InvalidOperationException($"a {node.GetType().Name} cannot be compiled");
        }
    }

    // Two equalities on one word are one: "outbound and tcp" is a single comparison.
    private static List<Node> Merge(All all)
    {
        var merged = new List<Node>();
        foreach (var part in all.Parts.SelectMany(part => part is All inner ? Merge(inner) : [part]))
        {
            if (part is Compare { Span: 0 } next && merged.LastOrDefault() is Compare { Span: 0 } last && last.Field == next.Field
                && (last.Low & next.Mask) == (next.Low & last.Mask))
            {
                merged[^1] = new Compare(next.Field, last.Mask | next.Mask, last.Low | next.Low);
            }
            else
            {
                merged.Add(part);
            }
        }

        return merged;
    }
}

/// <summary>One comparison, and where to continue: an index, or <see cref="FilterProgram.Accept"/> or <see cref="FilterProgram.Reject"/>.</summary>
internal readonly record struct Instruction(uint Mask, uint Low, uint Span, int WhenTrue, int WhenFalse, Field Field);
