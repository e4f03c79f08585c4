using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// The part of a pipeline that a candidate sees: a pool, a service queue and counters of its own, and nothing that reaches traffic. What it emits
/// is counted and goes nowhere. Thread-safe.
/// </summary>
/// <param name="live">The live stage, whose place the candidate has.</param>
/// <param name="outer">The pipeline.</param>
/// <param name="pool">The candidate's leases.</param>
/// <param name="service">Its posted work and timers.</param>
/// <param name="switchOff">Called with the reason when it reports that it cannot continue.</param>
/// <param name="random">Its random numbers.</param>
internal sealed class CandidateHost(
    StageUnit live, IPipelineHost outer, PacketPool pool, ServiceLoop service, Action<string> switchOff, Random random) : IPipelineHost
{
    private long _emitted;

    /// <summary>Packets that the candidate emitted.</summary>
    public long Emitted => Volatile.Read(ref _emitted);

    public TimeProvider Time => outer.Time;

    public Random Random => random;

    public PacketPool Pool => pool;

    public int Lanes => outer.Lanes;

    public bool IsOffline => true;

    public ServiceLoop Service => service;

    // An endpoint could be changed through it.
    public IPacketEndpoint? NetworkEnd => null;

    public void Emit(StageNode emitter, Direction direction, PooledPacket packet)
    {
        Interlocked.Increment(ref _emitted);
        packet.Return();
    }

    public void ReportMtu(StageUnit end, int bytes)
    {
    }

    public (int Outbound, int Inbound)? PathTo(StageNode above, in IpAddressValue address) => outer.PathTo(live.Nodes[above.Lane], address);

    public bool ReportPath(StageUnit end, in DatagramEndpoint destination, int bytes) => false;

    public bool ReportPathFailure(StageUnit end, in DatagramEndpoint destination, string reason) => false;

    public void ReportReplacedFile()
    {
    }

    public void Fault(StageNode node, Exception reason) => switchOff($"it reported that it cannot continue: {Diagnostics.ForeignCode.Message(reason)}");
}
