using Culvert.Packets;

namespace Culvert.Stages;

/// <summary>The context of an endpoint: what only a device or a socket needs beside what every stage gets.</summary>
public interface IEndpointContext : IStageContext
{
    /// <summary>The room in bytes that the endpoint must leave around the packets that it fills with memory of its own.</summary>
    PacketRoom Room { get; }

    /// <inheritdoc cref="IStageContext.State{T}"/>
    T State<T>(string name, Func<IEndpointContext, T> create)
        where T : class => ((IStageContext)this).State(name, own => create((IEndpointContext)own));

    /// <summary>
    /// Reports that the largest packet on the endpoint's own side has changed (the path MTU at a network endpoint, the device's MTU at a
    /// host endpoint). The host plans again and every stage's <see cref="IStageContext.Mtu"/> follows, never above the file's value.
    /// Thread-safe.
    /// </summary>
    /// <param name="bytes">68 or more.</param>
    void ReportMtu(int bytes);

    /// <summary>
    /// Reports what the network says about the path to one destination, which may be forged. The stages that follow paths take it as a hint
    /// (<see cref="IPacketStage.HandlePathReport"/>). Service thread.
    /// </summary>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="bytes">The largest IP packet that the path is said to carry, 1 or more.</param>
    /// <returns>False when no stage follows paths: the endpoint then decides itself, and reports with <see cref="ReportMtu"/>.</returns>
    bool ReportPath(in DatagramEndpoint destination, int bytes) => false;

    /// <summary>
    /// Reports that datagrams to one destination do not arrive, to the stages above (<see cref="IPacketStage.HandlePathFailure"/>). Service thread.
    /// </summary>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="reason">The reason in a few words.</param>
    /// <returns>False when no stage knows the destination: the endpoint logs it.</returns>
    bool ReportPathFailure(in DatagramEndpoint destination, string reason) => false;

    /// <summary>
    /// Reports that another file stands behind the endpoint's <see cref="IPacketEndpoint.Descriptor"/> (<c>dup3(2)</c>). The loops of all lanes stop
    /// waiting for the one before. Thread-safe.
    /// </summary>
    void ReportReplacedFile();
}
