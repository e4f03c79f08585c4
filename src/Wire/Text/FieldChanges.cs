using System.Globalization;

namespace Culvert.Wire.Text;

/// <summary>
/// What differs between two states of a packet, field by field. It allocates: for sampled packets and tools, not for the data path. Any
/// bytes may come in; nothing throws.
/// </summary>
internal sealed class FieldChanges
{
    internal const string Absent = "none";

    private FieldChanges(IReadOnlyList<FieldChange> all)
    {
        All = all;
        foreach (var change in all)
        {
            Fields |= change.Field;
        }
    }

    /// <summary>The changes in the order of the packet's headers; empty when both states are the same byte for byte.</summary>
    public IReadOnlyList<FieldChange> All { get; }

    /// <summary>Every part of the packet that changed.</summary>
    public HeaderFields Fields { get; }

    /// <summary>Whether something differs.</summary>
    public bool Any => All.Count > 0;

    /// <summary>The changes that a stage may not make.</summary>
    /// <param name="declared">What its shape says that it may change.</param>
    public HeaderFields Beyond(HeaderFields declared) => Fields & ~declared;

    /// <summary>Compares two states of a packet.</summary>
    /// <param name="before">The packet before.</param>
    /// <param name="after">The packet after.</param>
    public static FieldChanges Compare(Span<byte> before, Span<byte> after)
    {
        if (before.SequenceEqual(after))
        {
            return new([]);
        }

        var old = PacketFields.Read(before);
        var now = PacketFields.Read(after);
        if (old.Version != now.Version)
        {
            return new([new(HeaderFields.All, "packet", PacketText.Summarize(before), PacketText.Summarize(after))]);
        }

        var changes = new List<FieldChange>();
        var past = old.Fields;
        var present = now.Fields;
        for (var place = 0; place < past.Length; place++)
        {
            ref readonly var field = ref past[place];
            var other = now.PlaceOf(field.Name, place);
            if (other < 0 || !present[other].IsLike(field))
            {
                changes.Add(new(field.Field, field.Name, field.Text, other < 0 ? Absent : present[other].Text));
            }
        }

        for (var place = 0; place < present.Length; place++)
        {
            ref readonly var field = ref present[place];
            if (old.PlaceOf(field.Name, place) < 0)
            {
                changes.Add(new(field.Field, field.Name, Absent, field.Text));
            }
        }

        AddPayload(changes, "payload", before[old.Payload], after[now.Payload]);
        AddPayload(changes, "padding", before[old.Padding], after[now.Padding]);
        return new(changes);
    }

    /// <summary><c>MSS 8961 → 1405, TCP checksum e771 → 04f6</c>; empty when nothing changed.</summary>
    public override string ToString() => string.Join(", ", All);

    private static void AddPayload(List<FieldChange> changes, string name, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (before.SequenceEqual(after))
        {
            return;
        }

        var same = before.CommonPrefixLength(after);
        changes.Add(new(HeaderFields.Payload, name, Piece(before, same), Piece(after, same)));
    }

    private static string Piece(ReadOnlySpan<byte> bytes, int from)
    {
        const int Shown = 8;
        var piece = bytes.Slice(from, Math.Min(Shown, bytes.Length - from));
        return piece.IsEmpty
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes, at {from}: {Convert.ToHexStringLower(piece)}");
    }
}
