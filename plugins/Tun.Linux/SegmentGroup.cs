namespace Culvert.Plugins.Tun.Linux;

/// <summary>Packets of one batch that are written together, or one packet that goes alone.</summary>
internal struct SegmentGroup
{
    /// <summary>The first packet's place in the batch.</summary>
    public int First;

    /// <summary>The last packet's place in the batch.</summary>
    public int Last;

    /// <summary>The number of packets.</summary>
    public int Count;

    /// <summary>The first packet's payload in bytes; every other's but the last's too.</summary>
    public int Share;

    /// <summary>Headers once and all payloads, in bytes.</summary>
    public int Length;

    /// <summary>All headers of the first packet together, in bytes.</summary>
    public int HeaderLength;

    /// <summary>The offset of its transport header in bytes.</summary>
    public int TransportOffset;

    /// <summary>By how much IPv4's ids grow; null while there is one packet.</summary>
    public int? IdentificationStep;

    public bool IsIpv4;

    public bool IsTcp;

    /// <summary>The last packet has PSH.</summary>
    public bool IsPush;

    /// <summary>No further packet may join.</summary>
    public bool IsClosed;

    /// <summary>The first packet's checksums were looked at, and hold. Looked at only when a second one comes.</summary>
    public bool IsVerified;
}
