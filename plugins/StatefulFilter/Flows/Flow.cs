using Culvert.Packets;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>One flow in the table.</summary>
internal struct Flow
{
    /// <summary>The flow's identity.</summary>
    public FlowIdentity Key;

    /// <summary>The timestamp from which on the flow is unknown.</summary>
    public long Expires;

    /// <summary>TCP: the side that sent the first SYN.</summary>
    public TcpSide Originator;

    /// <summary>TCP: the other side.</summary>
    public TcpSide Responder;

    /// <summary>TCP: the originator's start of a new connection over this open one, until the responder accepts it.</summary>
    public TcpSide Reopening;

    /// <summary>The state.</summary>
    public FlowState State;

    /// <summary>The direction of the originator's packets.</summary>
    public Direction Origin;
}
