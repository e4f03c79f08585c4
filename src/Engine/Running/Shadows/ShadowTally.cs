using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// Compares the candidate's results with the live stage's, counts the differences by kind and keeps the first of each. Bounded, whatever comes.
/// One thread compares; the numbers may be read from any thread.
/// </summary>
/// <param name="kind">The kind of packet.</param>
/// <param name="time">The clock of the first ones' times.</param>
internal sealed class ShadowTally(PacketKind kind, TimeProvider time)
{
    private const int MaxKinds = 64;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, ShadowDifference> _differences = [];
    private long _compared;
    private long _different;

    /// <summary>Packets whose results were compared.</summary>
    public long Compared => Volatile.Read(ref _compared);

    /// <summary>Packets whose results differ.</summary>
    public long Different => Volatile.Read(ref _different);

    /// <summary>The differences by kind, in the order in which each came first; the kinds beyond 64 are left out.</summary>
    public IReadOnlyList<ShadowDifference> Differences
    {
        get { lock (_gate) { return [.. _differences.Values]; } }
    }

    /// <summary>The difference of the packet that was compared last; null when it had none.</summary>
    public ShadowDifference? Latest { get; private set; }

    /// <summary>Called for the first difference of each kind.</summary>
    public Action<ShadowDifference>? OnNewKind { get; init; }

    /// <summary>Compares one packet's results.</summary>
    /// <param name="came">The packet as it came to both.</param>
    /// <param name="live">The live stage's result.</param>
    /// <param name="candidate">The candidate's.</param>
    /// <param name="direction">Which way the packet went.</param>
    public void Compare(Span<byte> came, in Result live, in Result candidate, Direction direction)
    {
        Volatile.Write(ref _compared, _compared + 1);
        Latest = null;
        if (!live.Outcome.IsLike(candidate.Outcome))
        {
            Add($"{live.Outcome} → {candidate.Outcome}", "", came, direction);
        }
        else if (live.Outcome.Fate == Fate.Passed && !(live.Labels == candidate.Labels && live.Bytes.SequenceEqual(candidate.Bytes)))
        {
            var (what, changes) = Describe(live, candidate);
            Add(what, changes, came, direction);
        }
    }

    private (string Kind, string Changes) Describe(in Result live, in Result candidate)
    {
        List<(string Name, string Text)> all = [];
        if (kind == PacketKind.Ip)
        {
            all.AddRange(FieldChanges.Compare(live.Bytes, candidate.Bytes).All.Select(change => (change.Name, change.ToString())));
        }
        else if (!live.Bytes.SequenceEqual(candidate.Bytes))
        {
            var same = live.Bytes.CommonPrefixLength(candidate.Bytes);
            all.Add(("bytes", $"{live.Bytes.Length} bytes → {candidate.Bytes.Length} bytes, the same up to byte {same}"));
        }

        AddLabel("endpoint", live.Labels.Endpoint, candidate.Labels.Endpoint);
        AddLabel("traffic class", live.Labels.TrafficClass, candidate.Labels.TrafficClass);
        AddLabel("may fragment", live.Labels.MayFragment, candidate.Labels.MayFragment);
        return ("changed " + string.Join(", ", all.Select(one => one.Name)), string.Join(", ", all.Select(one => one.Text)));

        void AddLabel<T>(string name, T before, T after)
        {
            if (!Equals(before, after))
            {
                all.Add((name, $"{name} {before} → {after}"));
            }
        }
    }

    private void Add(string what, string changes, Span<byte> packet, Direction direction)
    {
        Volatile.Write(ref _different, _different + 1);
        bool isNew;
        lock (_gate)
        {
            isNew = !_differences.TryGetValue(what, out var known);
            if (isNew && _differences.Count == MaxKinds)
            {
                Latest = new ShadowDifference(what, 1, time.GetUtcNow(), direction, PacketText.Summarize(packet), changes);
                return;
            }

            known = isNew ? new ShadowDifference(what, 1, time.GetUtcNow(), direction, PacketText.Summarize(packet), changes) : known! with { Packets = known.Packets + 1 };
            _differences[what] = known;
            Latest = isNew ? known : known with { Packets = 1, Changes = changes };
        }

        if (isNew)
        {
            OnNewKind?.Invoke(Latest!);
        }
    }

    /// <summary>One stage's result for one packet.</summary>
    internal readonly ref struct Result(Outcome outcome, PacketLabels labels, Span<byte> bytes)
    {
        public Outcome Outcome { get; } = outcome;

        public PacketLabels Labels { get; } = labels;

        /// <summary>The packet behind the stage; of no meaning where it did not pass.</summary>
        public Span<byte> Bytes { get; } = bytes;
    }
}
