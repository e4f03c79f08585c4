using Culvert.Counters;
using Culvert.Filtering;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Capture;

/// <summary>
/// Copies packets that match into a ring of capture files and passes all on. The loops only copy; a thread of the entry writes. What is too much
/// is skipped and counted.
/// </summary>
[Stage("capture", "Writes packets that match an expression into a ring of pcapng files.")]
public sealed class CaptureStage : IPacketStage, IStageDefinition<CaptureOptions>
{
    private readonly PacketFilter _match;
    private readonly FileWriter _writer;
    private readonly Way _outbound;
    private readonly Way _inbound;

    /// <summary>Created by the host.</summary>
    public CaptureStage(CaptureOptions options, IStageContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _match = options.Match;
        // Another file or bound is another writer; another expression is not.
        _writer = context.State($"{options.File.Full} {options.Ring} {options.Rate} {options.SnapLength}", own => new FileWriter(options, own));
        (_outbound, _inbound) = (new Way(context.Counters, "outbound"), new Way(context.Counters, "inbound"));
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters)
    {
        _ = new Way(counters, "outbound");
        _ = new Way(counters, "inbound");
        FileWriter.Lost(counters);
    }

    /// <inheritdoc/>
    public static StageShape Shape(CaptureOptions options) => StageShape.Through(PacketKind.Ip);

    /// <inheritdoc/>
    public static void Validate(CaptureOptions options, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        if (options.File is { } file && Directory.Exists(file.Full))
        {
            report.Error("file", $"'{file.Text}' is a directory", "write the path of a file in it, for example capture.pcapng");
        }
    }

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch) => Copy(batch, _outbound);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch) => Copy(batch, _inbound);

    private void Copy(PacketBatch batch, Way way)
    {
        foreach (var packet in batch)
        {
            if (_match.IsEverything || _match.Matches(packet.Data, batch.Direction))
            {
                (_writer.TryAdd(packet.Data, batch.Direction, batch.Timestamp) ? way.Captured : way.Skipped).Increment();
            }
        }

        way.Captured.Publish();
        way.Skipped.Publish();
    }

    /// <summary>The counters of one direction.</summary>
    private sealed class Way(CounterSet counters, string direction)
    {
        public BatchCounter Captured { get; } = new(counters.Create(
            "captured", "packets", "Packets that were copied.", KeyValuePair.Create("direction", direction)));

        public BatchCounter Skipped { get; } = new(counters.Create(
            "skipped", "packets", "Packets that matched and were not copied: above the rate, or too many wait to be written.",
            KeyValuePair.Create("direction", direction)));
    }
}
