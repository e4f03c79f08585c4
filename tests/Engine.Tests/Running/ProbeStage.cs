using Culvert.Filtering;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Engine.Tests.Running;

/// <summary>What a test wants a stage to be and to do.</summary>
public sealed record ProbeOptions : INamesFiles
{
    /// <summary>Files that the stage uses.</summary>
    public IReadOnlyList<FilePath> Named { get; init; } = [];

    IEnumerable<FilePath> INamesFiles.Files => Named;

    public StageShape Shape { get; init; } = StageShape.Through(PacketKind.Ip);

    /// <summary>Makes the options differ from others that do the same.</summary>
    public int Version { get; init; }

    public PacketFilter? When { get; init; }

    public Action<IStageContext>? Constructed { get; init; }

    public Action<IStageContext, PacketBatch>? Outbound { get; init; }

    public Action<IStageContext, PacketBatch>? Inbound { get; init; }

    public Action<IStageContext>? Disposed { get; init; }

    public Func<IDisposable?>? Shares { get; init; }
}

/// <summary>A stage that does what its options say.</summary>
[Stage("probe", "Does what a test wants.")]
public sealed class ProbeStage : IPacketStage, IStageDefinition<ProbeOptions>, IDisposable
{
    private readonly ProbeOptions _options;
    private readonly IStageContext _context;

    public ProbeStage(ProbeOptions options, IStageContext context)
    {
        (_options, _context) = (options, context);
        options.Constructed?.Invoke(context);
    }

    public static StageShape Shape(ProbeOptions options) => options.Shape;

    public void Outbound(PacketBatch batch) => _options.Outbound?.Invoke(_context, batch);

    public void Inbound(PacketBatch batch) => _options.Inbound?.Invoke(_context, batch);

    public IDisposable? ShareSecrets(Action<byte[]> report) => _options.Shares?.Invoke();

    public void Dispose() => _options.Disposed?.Invoke(_context);
}
