namespace Culvert.Plugins.Transport.Udp;

/// <summary>Why the system refused a datagram, in classes that an operator can act on. None of them ends the pipeline.</summary>
internal enum SendFailure
{
    /// <summary>Larger than the path, or the device, carries.</summary>
    TooBig,

    /// <summary>No route, or the network or host is down.</summary>
    Unreachable,

    /// <summary>The other side said that nobody listens on the port.</summary>
    Refused,

    /// <summary>The socket's or the system's buffers stayed full.</summary>
    BufferFull,

    /// <summary>A firewall or a missing right forbids it.</summary>
    NotPermitted,

    /// <summary>The socket cannot send to this address family.</summary>
    WrongFamily,

    /// <summary>Anything else.</summary>
    Other,
}
