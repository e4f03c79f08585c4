using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>Receives the exceptions of stages from the loops. Thread-safe; never throws.</summary>
internal interface IFaultSink
{
    /// <summary>A stage threw while it had a batch; the batch is dropped and counted already.</summary>
    void BatchFault(StageNode node, Direction direction, int packets, Exception error);

    /// <summary>A timer's callback or posted work of a stage threw.</summary>
    void ServiceFault(StageNode node, Exception error);
}
