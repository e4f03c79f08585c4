using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>Copies of a batch's packets, by their place in it, in memory that is used again. Not thread-safe.</summary>
internal sealed class PacketSnapshots
{
    private readonly List<(int Offset, int Length)> _places = [];
    private byte[] _bytes = new byte[1 << 18];
    private int _used;

    /// <summary>Copies every packet that is not dropped.</summary>
    public void Take(PacketBatch batch)
    {
        _places.Clear();
        _used = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            var length = packet.IsDropped ? 0 : packet.Length;
            if (_used + length > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(_used + length, _bytes.Length * 2));
            }

            packet.Data[..length].CopyTo(_bytes.AsSpan(_used));
            _places.Add((_used, length));
            _used += length;
        }
    }

    /// <summary>The copy of the packet that was at a place.</summary>
    public Span<byte> this[int index] => _bytes.AsSpan(_places[index].Offset, _places[index].Length);
}
