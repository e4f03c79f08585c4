namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>What the state machine of a path asks for. Service thread.</summary>
internal interface IPathActions
{
    /// <summary>The full-sized packets that were sent to the peer.</summary>
    SizeCounts Sent { get; }

    /// <summary>Grows with every run of packets that has a full-sized one: whether somebody would miss what is lost.</summary>
    long Activity { get; }

    /// <summary>The number of addresses that might answer an echo request.</summary>
    int EchoTargets { get; }

    /// <summary>Sends a path message.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its number.</param>
    /// <param name="size">Bytes of content.</param>
    void Send(ProbeKind kind, ushort id, int size);

    /// <summary>Sends an ICMP echo request through the tunnel.</summary>
    /// <param name="target">Which address, 0 to <see cref="EchoTargets"/> − 1.</param>
    /// <param name="id">Its number.</param>
    /// <param name="size">Bytes of the IP packet.</param>
    void SendEcho(int target, ushort id, int size);
}
