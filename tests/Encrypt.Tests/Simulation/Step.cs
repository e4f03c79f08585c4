namespace Encrypt.Tests.Simulation;

/// <summary>The ends of a simulation: a hub and two sites that know the hub only.</summary>
internal enum EndName
{
    Hub,
    A,
    B,
}

/// <summary>The kinds of a <see cref="Step"/>. "The end's link" is both directions between it and the others.</summary>
internal enum StepKind
{
    /// <summary>Sends Value packets; the hub's alternate between the sites.</summary>
    Send,

    /// <summary>Sends a packet with the inner source of another end.</summary>
    Spoof,

    /// <summary>Lets Value milliseconds pass.</summary>
    Wait,

    /// <summary>Loses Value percent of the datagrams from and to the end.</summary>
    Loss,

    /// <summary>Delays Value percent of the datagrams that the end sends, so that later ones pass them.</summary>
    Reorder,

    /// <summary>Doubles Value percent of the datagrams that the end sends.</summary>
    Duplicate,

    /// <summary>Delays the next datagram of the end by Value seconds.</summary>
    Delay,

    /// <summary>Changes a bit in the next datagram of the end.</summary>
    Corrupt,

    /// <summary>An attacker sends a recorded datagram again, from its own address when Value is odd.</summary>
    Replay,

    /// <summary>Gives the end another address: a site's old one is dead (NAT rebinding), the hub's still leads to it (roaming).</summary>
    Move,

    /// <summary>Sets the end's time of day by Value seconds.</summary>
    Jump,

    /// <summary>Suspends the end's process for Value seconds.</summary>
    Suspend,

    /// <summary>Restarts the end's process.</summary>
    Restart,

    /// <summary>Changes the end's private key. The others learn of it by <see cref="Agree"/>.</summary>
    ChangeKey,

    /// <summary>Changes the preshared key at one end of the link between the hub and a site.</summary>
    ChangePresharedKey,

    /// <summary>Writes the keys that the others have now, and all peers, to the end's file.</summary>
    Agree,

    /// <summary>Reloads the end's file with another time to renew keys, or with none changed.</summary>
    Reload,

    /// <summary>The hub moves the shared prefix to site A, B, or to nobody.</summary>
    MovePrefix,

    /// <summary>The hub's file loses a site.</summary>
    RemovePeer,

    /// <summary>Sets the MTU of the end's device.</summary>
    Mtu,

    /// <summary>Sets the largest datagram on the end's link.</summary>
    Width,

    /// <summary>Somebody claims in an ICMP message that only Value bytes pass to the end's peers.</summary>
    Report,

    /// <summary>The end demands cookies when Value is odd, else no longer.</summary>
    Load,
}

/// <summary>One thing that happens in a scenario.</summary>
internal readonly record struct Step(StepKind Kind, EndName End, int Value)
{
    public override string ToString() => Kind switch
    {
        StepKind.Wait => $"Wait {Value} ms",
        StepKind.Restart or StepKind.Agree or StepKind.Move or StepKind.Corrupt or StepKind.ChangeKey => $"{End} {Kind}",
        _ => $"{End} {Kind} {Value}",
    };
}
