using Culvert.Packets;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// One direction of one lane, seen from the lane: copies the sampled packets before the live stage gets them, notes after it what became of them,
/// and passes both on. It never waits, and what finds no place is skipped and counted. Belongs to the lane's thread; the numbers may be read from
/// any thread.
/// </summary>
internal sealed class ShadowFeed
{
    private const int Capacity = 512;

    private readonly IFeedReader _reader;
    private readonly FlowSample _sample;
    private Departures? _departures;
    private int[] _places = [];
    private int _count;
    private long _noRoom;
    private long _overBudget;
    private long _tooLong;

    /// <param name="reader">Who reads.</param>
    /// <param name="sample">Chooses the packets.</param>
    /// <param name="maxLength">The longest packet in bytes.</param>
    public ShadowFeed(IFeedReader reader, FlowSample sample, int maxLength) =>
        (_reader, _sample, Ring) = (reader, sample, new ShadowRing(Capacity, maxLength));

    /// <summary>What the candidate has not seen yet.</summary>
    public ShadowRing Ring { get; }

    /// <summary>Packets that were skipped because the candidate was behind.</summary>
    public long NoRoom => Volatile.Read(ref _noRoom);

    /// <summary>Packets that were skipped because the candidate had used up its time.</summary>
    public long OverBudget => Volatile.Read(ref _overBudget);

    /// <summary>Packets that were skipped because they were longer than a copy may be.</summary>
    public long TooLong => Volatile.Read(ref _tooLong);

    /// <summary>Copies the sampled packets of a batch that is about to go to the live stage.</summary>
    /// <returns>False when there are none; then <see cref="End"/> is not called.</returns>
    public bool Begin(PacketBatch batch)
    {
        if (_sample.IsNone || !_reader.IsOn)
        {
            return false;
        }

        if (_places.Length < batch.Capacity)
        {
            (_places, _departures) = (new int[batch.Capacity], new Departures(batch.Capacity));
        }

        _count = 0;
        var slots = batch.Slots;
        var free = _reader.HasTime(batch.Timestamp) ? Ring.Free : -1;
        for (var place = 0; place < slots.Length; place++)
        {
            if (_sample.Takes(slots[place]) && Take(slots[place], free))
            {
                _places[_count++] = place;
            }
        }

        if (_count == 0)
        {
            return false;
        }

        Label(batch.Timestamp);
        _departures!.Clear(slots.Length);
        batch.Departures = _departures;
        return true;
    }

    /// <summary>Notes what became of the packets, and passes them to the candidate.</summary>
    /// <param name="batch">The batch, not compacted yet.</param>
    /// <param name="threw">Whether the live stage threw.</param>
    public void End(PacketBatch batch, bool threw)
    {
        batch.Departures = null;
        var slots = batch.Slots;
        for (var i = 0; i < _count; i++)
        {
            ref readonly var slot = ref slots[_places[i]];
            ref var record = ref Ring.ToWrite(i);
            (record.Fate, record.Reason) = Outcome.Of(_departures![_places[i]], threw);
            record.After = PacketLabels.Of(slot);
            record.IsUnchanged = slot.Data.SequenceEqual(Ring.BytesToWrite(i, left: false)[..record.CameLength]);
            if (!record.IsUnchanged)
            {
                // What a stage adds beyond the room that was planned throws in the stage; the copy's room is as large.
                record.LeftLength = Math.Min(slot.Length, Ring.MaxLength);
                slot.Data[..record.LeftLength].CopyTo(Ring.BytesToWrite(i, left: true));
            }
        }

        Ring.Publish(_count);
        _reader.NotePublished();
    }

    private bool Take(in PacketSlot slot, int free)
    {
        if (_count < free && slot.Length <= Ring.MaxLength)
        {
            ref var record = ref Ring.ToWrite(_count);
            (record.CameLength, record.Before) = (slot.Length, PacketLabels.Of(slot));
            slot.Data.CopyTo(Ring.BytesToWrite(_count, left: false));
            return true;
        }

        ref var skipped = ref free < 0 ? ref _overBudget : ref slot.Length > Ring.MaxLength ? ref _tooLong : ref _noRoom;
        Volatile.Write(ref skipped, skipped + 1);
        return false;
    }

    private void Label(long timestamp)
    {
        var number = _reader.NextBatch();
        for (var i = 0; i < _count; i++)
        {
            ref var record = ref Ring.ToWrite(i);
            (record.Batch, record.Timestamp) = (number, timestamp);
        }
    }
}
