using System.Diagnostics.CodeAnalysis;
using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Culvert.Wire.Text;

namespace Culvert.Engine.Inspection;

/// <summary>
/// Follows one packet of so many through one direction of one lane. Where it is an IP packet:
/// 1. on entry its checksums are judged; 2. before each stage its bytes are copied; 3. behind it, if they differ, the changed fields are
/// compared with what the stage's shape declares and the checksums are judged again. So a damage has one possible author. Packets that
/// are sealed are not looked at until they are opened.
/// </summary>
internal sealed class Inspector(InspectionLedger ledger, Direction direction) : IPacketObserver
{
    private readonly List<Sample> _samples = [];
    private Sample?[] _byMark = [];
    private int _active;
    private long _untilNext = 1;

    public bool Begin(PacketBatch batch, StageNode first, StageNode? emitter)
    {
        var packets = batch.Count;
        while (_untilNext <= packets)
        {
            Follow(batch, (int)_untilNext - 1, first, emitter);
            _untilNext += ledger.Every;
        }

        _untilNext -= packets;
        return _active != 0;
    }

    public void Before(StageNode node, PacketBatch batch)
    {
        foreach (ref var slot in batch.Slots)
        {
            if (TryFind(slot.Mark, out var sample))
            {
                sample.Copy(slot.Data);
            }
        }
    }

    public void Dropped(StageNode node, uint mark, DropReason reason)
    {
        if (TryFind(mark, out var sample) && sample.Checksums is { } checksums)
        {
            if (checksums.Header is { Verdict: ChecksumVerdict.Bad } header)
            {
                ledger.Dropped(direction, header.Kind);
            }

            if (checksums.Transport.Verdict == ChecksumVerdict.Bad)
            {
                ledger.Dropped(direction, checksums.Transport.Kind);
            }
        }
    }

    public void After(StageNode node, PacketBatch batch)
    {
        var shape = node.Unit.Plan.Shape;
        var (before, after) = (shape.KindBefore(direction), shape.KindBehind(direction));
        foreach (ref var slot in batch.Slots)
        {
            if (slot.Dropped || !TryFind(slot.Mark, out var sample))
            {
                continue;
            }

            if (after != PacketKind.Ip)
            {
                sample.Checksums = null;
            }
            else if (before != PacketKind.Ip)
            {
                Enter(sample, slot.Data, node);
            }
            else if (!slot.Data.SequenceEqual(sample.Bytes))
            {
                Compare(sample, slot.Data, node);
            }
        }
    }

    public void End()
    {
        for (var i = 0; i < _active; i++)
        {
            _byMark[_samples[i].Mark] = null;
        }

        _active = 0;
    }

    private void Follow(PacketBatch batch, int place, StageNode first, StageNode? emitter)
    {
        var sample = NewSample((uint)place + 1, batch.Capacity);
        sample.Checksums = null;
        ledger.NoteSampled();
        if (first.Unit.Plan.Shape.KindBefore(direction) != PacketKind.Ip)
        {
            return;
        }

        var data = batch.Slots[place].Data;
        if (emitter is null)
        {
            Enter(sample, data, first);
        }
        else
        {
            EnterEmitted(sample, data, emitter);
        }
    }

    /// <summary>The packet is an IP packet from here on: whatever is wrong now came with it.</summary>
    private void Enter(Sample sample, Span<byte> packet, StageNode at)
    {
        var found = ChecksumPair.Judge(packet);
        sample.Checksums = found;
        if (found.Header is { } header)
        {
            ledger.Arrived(at, direction, header, packet);
        }

        ledger.Arrived(at, direction, found.Transport, packet);
    }

    private void EnterEmitted(Sample sample, Span<byte> packet, StageNode emitter)
    {
        var found = ChecksumPair.Judge(packet);
        sample.Checksums = found;
        if (found.Header is { Verdict: ChecksumVerdict.Bad } header)
        {
            ledger.MadeBad(emitter, direction, header, packet, emitted: true);
        }

        if (found.Transport.Verdict == ChecksumVerdict.Bad)
        {
            ledger.MadeBad(emitter, direction, found.Transport, packet, emitted: true);
        }
    }

    private void Compare(Sample sample, Span<byte> packet, StageNode node)
    {
        var changes = FieldChanges.Compare(sample.Bytes, packet);
        if (changes.Beyond(node.Unit.Plan.Shape.MayChange) != HeaderFields.None)
        {
            ledger.UndeclaredChange(node, direction, changes, packet);
        }

        if (sample.Checksums is { } before)
        {
            var now = ChecksumPair.Judge(packet);
            Compare(before.Header, now.Header, packet, node);
            Compare(before.Transport, now.Transport, packet, node);
            sample.Checksums = now;
        }
    }

    private void Compare(ChecksumFinding? before, ChecksumFinding? now, Span<byte> packet, StageNode node)
    {
        if (before is not { } was || now is not { } found)
        {
            return;
        }

        if (found.Verdict == ChecksumVerdict.Bad && was.Verdict is ChecksumVerdict.Valid or ChecksumVerdict.NoneCarried)
        {
            ledger.MadeBad(node, direction, found, packet, emitted: false);
        }
        else if (found.Verdict == ChecksumVerdict.Valid && was.Verdict == ChecksumVerdict.Bad)
        {
            ledger.Repaired(node, direction, was, packet);
        }
    }

    private Sample NewSample(uint mark, int capacity)
    {
        if (_byMark.Length <= capacity)
        {
            _byMark = new Sample?[capacity + 1];
        }

        if (_active == _samples.Count)
        {
            _samples.Add(new Sample());
        }

        var sample = _samples[_active++];
        sample.Mark = mark;
        _byMark[mark] = sample;
        return sample;
    }

    private bool TryFind(uint mark, [NotNullWhen(true)] out Sample? sample)
    {
        sample = _byMark[mark];
        return sample is not null;
    }

    /// <summary>A packet that is followed; used again for the next.</summary>
    private sealed class Sample
    {
        private byte[] _bytes = [];
        private int _length;

        public uint Mark { get; set; }

        /// <summary>Its checksums where it was last; null while it is no IP packet.</summary>
        public ChecksumPair? Checksums { get; set; }

        /// <summary>The packet before the stage.</summary>
        public Span<byte> Bytes => _bytes.AsSpan(0, _length);

        public void Copy(ReadOnlySpan<byte> packet)
        {
            if (_bytes.Length < packet.Length)
            {
                _bytes = new byte[packet.Length];
            }

            packet.CopyTo(_bytes);
            _length = packet.Length;
        }
    }
}
