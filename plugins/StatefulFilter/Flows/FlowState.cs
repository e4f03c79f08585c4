namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>The state of a flow. The states up to <see cref="Finished"/> make room in a full table at once; the later ones after a quiet time.</summary>
internal enum FlowState : byte
{
    /// <summary>TCP: the originator's SYN passed.</summary>
    Opening,

    /// <summary>TCP: the SYN-ACK passed.</summary>
    Answered,

    /// <summary>Another protocol: only the originator has sent.</summary>
    OneWay,

    /// <summary>The first fragment of a datagram passed.</summary>
    Fragments,

    /// <summary>TCP: a reset passed that its receiver accepts.</summary>
    Reset,

    /// <summary>TCP: both sides sent a FIN.</summary>
    Finished,

    /// <summary>TCP: the handshake is complete.</summary>
    Established,

    /// <summary>TCP: one side sent a FIN.</summary>
    Closing,

    /// <summary>Another protocol: both sides have sent.</summary>
    TwoWay,
}
