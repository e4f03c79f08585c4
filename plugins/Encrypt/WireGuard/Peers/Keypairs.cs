namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// A peer's keypairs: current seals and opens; previous still opens what was under way; next was created by our response and becomes
/// current when the initiator first uses it. The service thread adds, an inbound loop confirms, any thread reads. A keypair is retired
/// only after its replacement is visible.
/// </summary>
/// <param name="indexes">Leads to the keypairs.</param>
/// <param name="retire">Disposes a keypair once no loop can hold it.</param>
internal sealed class Keypairs(IndexTable indexes, Action<Keypair> retire)
{
    private readonly Lock _gate = new();
    private volatile Keypair? _current;
    private Keypair? _previous;
    private Keypair? _next;

    /// <summary>The keypair that seals, or null.</summary>
    public Keypair? Current => _current;

    /// <summary>The keypair of messages that may still be under way, or null.</summary>
    public Keypair? Previous => _previous;

    /// <summary>The keypair that awaits its first use, or null.</summary>
    public Keypair? Next => _next;

    /// <summary>Adds the keypair of a handshake that this end began: it is used at once.</summary>
    public void AddAsInitiator(Keypair keypair)
    {
        indexes.Promote(keypair);
        lock (_gate)
        {
            var (previous, current, next) = (_previous, _current, _next);
            // With a next one the peer began a handshake as well and was not heard with it: it is the newer one of the two that stay.
            _previous = next ?? current;
            _next = null;
            _current = keypair;
            Retire(previous);
            Retire(next is null ? null : current);
        }
    }

    /// <summary>Adds the keypair of a handshake that the peer began: it waits for its first message.</summary>
    public void AddAsResponder(Keypair keypair)
    {
        indexes.Promote(keypair);
        lock (_gate)
        {
            var (previous, next) = (_previous, _next);
            _previous = null;
            _next = keypair;
            Retire(previous);
            Retire(next);
        }
    }

    /// <summary>Makes the next keypair current, as the peer has used it. On an inbound loop.</summary>
    /// <returns>False when it is not, or no longer, the next one.</returns>
    public bool Confirm(Keypair keypair)
    {
        lock (_gate)
        {
            if (keypair != _next)
            {
                return false;
            }

            var previous = _previous;
            _previous = _current;
            _next = null;
            _current = keypair;
            Retire(previous);
            return true;
        }
    }

    /// <summary>Erases all.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            var (previous, current, next) = (_previous, _current, _next);
            (_previous, _next) = (null, null);
            _current = null;
            Retire(previous);
            Retire(current);
            Retire(next);
        }
    }

    private void Retire(Keypair? keypair)
    {
        if (keypair is not null)
        {
            indexes.Release(keypair.LocalIndex);
            retire(keypair);
        }
    }
}
