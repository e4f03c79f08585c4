using Culvert.Plugins.Encrypt.WireGuard.Probing;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Path messages of one peer on their way from the inbound loops to the service thread: so many and no more, as an authentic peer may send as many
/// as it likes. Thread-safe.
/// </summary>
/// <param name="arrived">Called when the first one is there; false when nobody will come for it.</param>
internal sealed class PathMailbox(Func<bool> arrived)
{
    private const int Capacity = 32;

    private readonly Lock _gate = new();
    private readonly List<ProbeMessage> _waiting = [];

    /// <summary>Adds a message; one too many is forgotten, like a lost one.</summary>
    public void Add(in ProbeMessage message)
    {
        bool isFirst;
        lock (_gate)
        {
            if (_waiting.Count == Capacity)
            {
                return;
            }

            _waiting.Add(message);
            isFirst = _waiting.Count == 1;
        }

        if (isFirst && !arrived())
        {
            // Lost too: the next one is the first again.
            TakeAll();
        }
    }

    /// <summary>Takes all messages out.</summary>
    public ProbeMessage[] TakeAll()
    {
        lock (_gate)
        {
            ProbeMessage[] taken = [.. _waiting];
            _waiting.Clear();
            return taken;
        }
    }
}
