namespace Culvert.Engine.Planning;

/// <summary>What to do when a stage throws: <c>on-fault</c> in pipeline.yaml. Its batch is dropped and counted in every case.</summary>
internal enum FaultPolicy
{
    /// <summary>Later batches go through the stage as before.</summary>
    Drop,

    /// <summary>Later batches go past the stage. Only for stages with the same kind above and below.</summary>
    Bypass,

    /// <summary>The pipeline closes gracefully with exit code 1.</summary>
    Stop,
}
