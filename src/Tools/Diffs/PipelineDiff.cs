using Culvert.Engine.Inspection;
using Culvert.Engine.Planning;
using Culvert.Packets;
using Culvert.Tools.Captures;
using Culvert.Wire.Text;

namespace Culvert.Tools.Diffs;

/// <summary>
/// Runs captures through two pipelines side by side and compares each packet's fate and bytes: 1. collect a batch for each; 2. run both at the
/// batch's time; 3. compare packet by packet; 4. group what differs. Deterministic, in constant memory, on the caller's thread.
/// </summary>
internal sealed class PipelineDiff : IDisposable
{
    private readonly DiffSide _old;
    private readonly DiffSide _new;
    private readonly DiffGroups _groups = new();
    private bool _started;
    private (long Read, long NotIp, long Compared) _count;

    /// <summary>Prepares a comparison.</summary>
    public PipelineDiff(PipelinePlan old, PipelinePlan @new, Direction direction) =>
        (_old, _new) = (new DiffSide(old, direction), new DiffSide(@new, direction));

    /// <summary>The result so far.</summary>
    public DiffReport Report => new()
    {
        Read = _count.Read,
        NotIp = _count.NotIp,
        Compared = _count.Compared,
        Different = _groups.Packets,
        Ungrouped = _groups.Ungrouped,
        Groups = _groups.All,
        Counters = [.. CounterDifference.Compare(_old.Units, _new.Units)],
        OldFailure = _old.Failure,
        NewFailure = _new.Failure,
    };

    /// <summary>Compares a capture's packets to its end. Another capture continues with the same stages.</summary>
    /// <exception cref="CaptureException">The capture is cut or corrupt; what was good before it is compared.</exception>
    public void Run(CaptureReader capture, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(capture);
        try
        {
            while (!cancellation.IsCancellationRequested && capture.TryRead(out var record))
            {
                Start(record.Timestamp);
                Add(record);
                if (_old.Frames.IsFull)
                {
                    RunBatch();
                    progress?.Invoke(capture.Position);
                }
            }
        }
        finally
        {
            RunBatch();
        }

        Start(0);
    }

    /// <summary>Disposes the stages of both.</summary>
    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    private void Start(long time)
    {
        if (!_started)
        {
            _started = true;
            _old.Start(time);
            _new.Start(time);
        }
    }

    private void Add(in CaptureRecord record)
    {
        const long Moment = 100_000_000;
        _count.Read++;
        if (!LinkLayer.TryFindIp(record.LinkType, record.Data, out var offset))
        {
            _count.NotIp++;
            return;
        }

        var length = record.Data.Length - offset;
        var frames = _old.Frames;

        // A batch is one moment to the stages: it ends where a timer of either comes first.
        var isAnother = frames.Count > 0 && (record.Timestamp - frames.FirstTimestamp > Moment || _old.NextDue <= record.Timestamp || _new.NextDue <= record.Timestamp);
        if (isAnother || !frames.Fits(length) || !_new.Frames.Fits(length))
        {
            RunBatch();
        }

        _old.Frames.Add(record, offset, _old.Mtu);
        _new.Frames.Add(record, offset, _new.Mtu);
    }

    private void RunBatch()
    {
        if (_old.Frames.Count == 0)
        {
            return;
        }

        _old.Run();
        _new.Run();
        for (var place = 0; place < _old.Frames.Count; place++)
        {
            Compare(place);
        }

        _count.Compared += _old.Frames.Count;
        _old.Frames.Clear();
        _new.Frames.Clear();
    }

    private void Compare(int place)
    {
        ref readonly var before = ref _old.FateOf(place);
        ref readonly var after = ref _new.FateOf(place);
        if (before.Left && after.Left)
        {
            var old = _old.LeftOf(place);
            var now = _new.LeftOf(place);
            if (!old.SequenceEqual(now))
            {
                var changes = FieldChanges.Compare(old, now);
                _groups.Add(FindStage(place), "changed " + string.Join(", ", changes.All.Select(change => change.Name)), now, changes, Number(place));
            }
        }
        else if (before.Left || after.Left || before.Reason is null != after.Reason is null
            || (before.Reason is not null && (Word(_old, before) != Word(_new, after))))
        {
            var stage = after.Reason is not null ? _new.StageIds[after.Stage] : before.Reason is not null ? _old.StageIds[before.Stage] : FindStage(place);
            var packet = before.Left ? _old.LeftOf(place) : after.Left ? _new.LeftOf(place) : default;
            _groups.Add(stage, $"{Word(_old, before)} → {Word(_new, after)}", packet, null, Number(place));
        }
    }

    private long Number(int place) => _count.Compared + place + 1;

    private static string Word(DiffSide side, in PacketFate fate) => fate.Left ? "left"
        : fate.Reason is { } reason ? $"dropped by {side.StageIds[fate.Stage]} as {CounterName.Of(reason)}"
        : "kept";

    // The first stage behind which the packet is another one: of both files, or of one only and it changed the packet.
    private string FindStage(int place)
    {
        for (var i = 0; i < _new.StageIds.Count; i++)
        {
            var id = _new.StageIds[i];
            var known = IndexOf(_old.StageIds, id);
            var differs = known < 0 ? _new.State(place, i + 1) != _new.State(place, i) : _new.State(place, i + 1) != _old.State(place, known + 1);
            if (differs)
            {
                var own = Enumerable.Range(0, Math.Max(known, 0)).Where(old => !_new.StageIds.Contains(_old.StageIds[old]));
                return own.Where(old => _old.State(place, old + 1) != _old.State(place, old)).Select(old => _old.StageIds[old]).FirstOrDefault(id);
            }
        }

        return _old.StageIds.LastOrDefault(id => !_new.StageIds.Contains(id)) ?? _new.StageIds.LastOrDefault() ?? "";
    }

    private static int IndexOf(IReadOnlyList<string> ids, string id)
    {
        var place = ids.Count - 1;
        while (place >= 0 && ids[place] != id)
        {
            place--;
        }

        return place;
    }
}
