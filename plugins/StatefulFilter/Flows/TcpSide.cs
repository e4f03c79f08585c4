namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>What one side of a TCP connection has sent and allowed. All zero before its first segment.</summary>
internal struct TcpSide
{
    /// <summary>The sequence number behind the last byte that this side sent.</summary>
    public uint End;

    /// <summary>The highest sequence number that the other side's windows allow this side.</summary>
    public uint MaxEnd;

    /// <summary>The largest window in bytes that this side announced; 0 before its first segment.</summary>
    public uint MaxWindow;

    /// <summary>The last acknowledgment that this side sent.</summary>
    public uint Acknowledged;

    /// <summary>The shift of this side's windows (RFC 7323 §2).</summary>
    public byte Scale;

    /// <summary>Whether this side's SYN had a window scale option.</summary>
    public bool HasScale;

    /// <summary>Whether this side sent a FIN.</summary>
    public bool HasFin;

    /// <summary>Whether this side sent a segment.</summary>
    public readonly bool IsKnown => MaxWindow != 0;

    /// <summary>Starts a side with its first segment.</summary>
    public static TcpSide Start(in TcpSegment segment) => new()
    {
        End = segment.End,
        MaxEnd = segment.End,
        MaxWindow = Math.Max(segment.Window, (ushort)1),
        Acknowledged = segment.Acknowledgment,
        Scale = segment.Scale,
        HasScale = segment.HasScale,
    };
}
