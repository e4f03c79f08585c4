using System.Threading.Channels;
using Culvert.Filtering;

namespace Culvert.Engine.Inspection;

/// <summary>The state that the trace observers of all loops share: the filter, and the channel of the traces. Thread-safe.</summary>
internal sealed class Tracer(PacketFilter filter, int most)
{
    private readonly Channel<PacketTrace> _traces = Channel.CreateUnbounded<PacketTrace>();
    private readonly Lock _gate = new();
    private int _left = most;

    public PacketFilter Filter => filter;

    /// <summary>Whether no more packets are wanted.</summary>
    public bool IsDone => Volatile.Read(ref _left) <= 0;

    /// <summary>The traces, ending when there are enough.</summary>
    public ChannelReader<PacketTrace> Traces => _traces.Reader;

    /// <summary>Hands in a packet's trace; what is too much is forgotten.</summary>
    public void Add(PacketTrace trace)
    {
        // One at a time: two loops that bring the last two must not close the way for each other.
        lock (_gate)
        {
            if (_left == 0)
            {
                return;
            }

            _traces.Writer.TryWrite(trace);
            Volatile.Write(ref _left, _left - 1);
            if (_left == 0)
            {
                _traces.Writer.TryComplete();
            }
        }
    }
}
