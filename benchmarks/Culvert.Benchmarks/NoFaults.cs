using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Benchmarks;

/// <summary>Ends a benchmark whose stage throws.</summary>
internal sealed class NoFaults : IFaultSink
{
    public void BatchFault(StageNode node, Direction direction, int packets, Exception error) => throw error;

    public void ServiceFault(StageNode node, Exception error) => throw error;
}
