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
        foreach (var field in old.Fields)
        {
            var other = now.Find(field.Name);
            if (other?.Key != field.Key)
            {
                changes.Add(new(field.Field, field.Name, field.Text, other?.Text ?? Absent));
            }
        }

        foreach (var field in now.Fields)
        {
            if (old.Find(field.Name) is null)
            {
                changes.Add(new(field.Field, field.Name, Absent, field.Text));
            }
        }

        AddPayload(changes, "payload", old.Payload, now.Payload);
        AddPayload(changes, "padding", old.Padding, now.Padding);
        return new(changes);
    }

    /// <summary><c>MSS 8961 → 1405, TCP checksum e771 → 04f6</c>; empty when nothing changed.</summary>
    public override string ToString() => string.Join(", ", All);

    private static void AddPayload(List<FieldChange> changes, string name, byte[] before, byte[] after)
    {
        if (before.AsSpan().SequenceEqual(after))
        {
            return;
        }

        var same = before.AsSpan().CommonPrefixLength(after);
        changes.Add(new(HeaderFields.Payload, name, Piece(before, same), Piece(after, same)));
    }

    private static string Piece(byte[] bytes, int from)
    {
        const int Shown = 8;
        var piece = bytes.AsSpan(from, Math.Min(Shown, bytes.Length - from));
        return piece.IsEmpty
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes, at {from}: {Convert.ToHexStringLower(piece)}");
    }
}
