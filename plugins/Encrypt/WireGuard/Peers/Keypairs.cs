namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// A peer's keypairs: current seals and opens; previous still opens what was under way; next was made by our response and becomes
/// current when the initiator first uses it. Changed by the service thread only; data loops read <see cref="Current"/>.
/// </summary>
internal sealed class Keypairs(IndexTable indexes, Quiescence quiescence)
{
    private volatile Keypair? _current;
    private Keypair? _previous;
    private Keypair? _next;

    /// <summary>What seals, or null.</summary>
    public Keypair? Current => _current;

    /// <summary>What may still arrive, or null.</summary>
    public Keypair? Previous => _previous;

    /// <summary>What awaits its first use, or null.</summary>
    public Keypair? Next => _next;

    /// <summary>A handshake that we began is done: its keypair is used at once.</summary>
    public void AddAsInitiator(Keypair keypair)
    {
        indexes.Promote(keypair);
        Retire(_previous);
        if (_next is not null)
        {
            // The peer began one as well and was not heard with it: it is the newer one of the two that stay.
            Retire(_current);
            _previous = _next;
            _next = null;
        }
        else
        {
            _previous = _current;
        }

        _current = keypair;
    }

    /// <summary>A handshake that the peer began is done on our side: its keypair waits for its first message.</summary>
    public void AddAsResponder(Keypair keypair)
    {
        indexes.Promote(keypair);
        Retire(_next);
        Retire(_previous);
        _previous = null;
        _next = keypair;
    }

    /// <summary>The peer has used a keypair.</summary>
    /// <returns>True when it was the next one, which is now current.</returns>
    public bool Confirm(Keypair keypair)
    {
        if (keypair != _next)
        {
            return false;
        }

        Retire(_previous);
        _previous = _current;
        _current = keypair;
        _next = null;
        return true;
    }

    /// <summary>Erases all.</summary>
    public void Clear()
    {
        var current = _current;
        _current = null;
        Retire(_previous);
        Retire(_next);
        Retire(current);
        _previous = null;
        _next = null;
    }

    private void Retire(Keypair? keypair)
    {
        if (keypair is not null)
        {
            indexes.Release(keypair.LocalIndex);
            quiescence.Retire(keypair);
        }
    }
}
