namespace Plugins.Tests.Kernel;

/// <summary>What Linux 6 may decide otherwise about: segments with numbers that their receiver cannot accept.</summary>
internal enum Stray
{
    /// <summary>Nothing: the verdicts are equal.</summary>
    None,

    /// <summary>A sequence number below the window: "already ACKed data retransmitted" passes Linux, and the filter within one window alone.</summary>
    OldSequence,

    /// <summary>An acknowledgment below the window: "possible overly delayed" passes Linux, and the filter not (RFC 5961 §5).</summary>
    OldAcknowledgment,

    /// <summary>Data behind the window, by one window at most: "bytes more than expected" passes Linux, which counts them as sent.</summary>
    BeyondWindow,

    /// <summary>A later segment of a connection in which Linux has counted bytes behind the window.</summary>
    AfterBeyondWindow,
}
