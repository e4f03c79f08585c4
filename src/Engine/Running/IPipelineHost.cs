using Culvert.Packets;
using Culvert.Wire;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>The part of a pipeline that its stages' contexts use. Thread-safe.</summary>
internal interface IPipelineHost
{
    TimeProvider Time { get; }

    Random Random { get; }

    PacketPool Pool { get; }

    int Lanes { get; }

    /// <summary>Whether packets come from a file or are copies.</summary>
    bool IsOffline => false;

    ServiceLoop Service { get; }

    /// <summary>The network end that runs; null while the pipeline starts.</summary>
    IPacketEndpoint? NetworkEnd { get; }

    /// <summary>Sends a packet on its way from behind a stage of the running chain.</summary>
    void Emit(StageNode emitter, Direction direction, PooledPacket packet);

    /// <summary>An end says that the largest packet at its side is another.</summary>
    void ReportMtu(StageUnit end, int bytes);

    /// <summary>Returns what the nearest stage below that follows paths knows of an address, less what is added to a packet on the way there; null for none.</summary>
    (int Outbound, int Inbound)? PathTo(StageNode above, in IpAddressValue address);

    /// <summary>A network endpoint reports a destination's path. Service thread.</summary>
    /// <returns>Whether a stage follows paths.</returns>
    bool ReportPath(StageUnit end, in DatagramEndpoint destination, int bytes);

    /// <summary>A network endpoint reports that datagrams to a destination do not arrive. Service thread.</summary>
    /// <returns>Whether a stage knows the destination.</returns>
    bool ReportPathFailure(StageUnit end, in DatagramEndpoint destination, string reason);

    /// <summary>Whether the system routes datagrams to a destination into the host endpoint. Service thread.</summary>
    bool LeadsToHost(in DatagramEndpoint destination, NetworkEndpointShape network) => false;

    /// <summary>An endpoint put another file behind its descriptor.</summary>
    void ReportReplacedFile();

    /// <summary>A stage reports that the pipeline cannot continue.</summary>
    void Fault(StageNode node, Exception reason);
}
