namespace Culvert.Wire;

/// <summary>TCP's control bits (RFC 9293 §3.1), and AE (RFC 9768).</summary>
[Flags]
public enum TcpFlags : ushort
{
    /// <summary>None set.</summary>
    None = 0,

    /// <summary>No more data from the sender.</summary>
    Fin = 1 << 0,

    /// <summary>Synchronize sequence numbers.</summary>
    Syn = 1 << 1,

    /// <summary>Reset the connection.</summary>
    Rst = 1 << 2,

    /// <summary>Push.</summary>
    Psh = 1 << 3,

    /// <summary>The acknowledgment number is significant.</summary>
    Ack = 1 << 4,

    /// <summary>The urgent pointer is significant.</summary>
    Urg = 1 << 5,

    /// <summary>ECN-Echo, RFC 3168.</summary>
    Ece = 1 << 6,

    /// <summary>Congestion Window Reduced, RFC 3168.</summary>
    Cwr = 1 << 7,

    /// <summary>Accurate ECN; formerly NS.</summary>
    Ae = 1 << 8,
}
