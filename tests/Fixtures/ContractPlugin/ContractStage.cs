using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ContractPlugin;

public enum ContractMode
{
    All,
    Some,
}

/// <summary>One option of each type that the contract names.</summary>
public sealed record ContractOptions
{
    [Option("Packets shorter than this are dropped.", Min = 1, Max = 1000)]
    public int MinLength { get; init; } = 28;

    [Option("How long a packet is kept.", Min = 0)]
    public TimeSpan Delay { get; init; }

    [Option("A mode.")]
    public ContractMode Mode { get; init; }

    [Option("A file.")]
    public FilePath? File { get; init; }

    [Option("A secret.")]
    public SecretFile? Secret { get; init; }

    [Option("A size.")]
    public ByteSize Size { get; init; } = new(1024);

    [Option("A peer.", Example = "203.0.113.7:51820")]
    public HostEndpoint? Peer { get; init; }

    [Option("Words.")]
    public IReadOnlyList<Word> Words { get; init; } = [];
}

/// <summary>An option type of the plugin's own.</summary>
public sealed record Word(string Text) : IOptionValue<Word>, INamesFiles
{
    public static string Expected => "a word";

    public static string JsonSchema => """{"type":"string"}""";

    IEnumerable<FilePath> INamesFiles.Files => [];

    public static bool TryRead(OptionNode node, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Word? value, out string? error)
    {
        error = null;
        value = node.Scalar is { } text ? new Word(text) : null;
        return value is not null;
    }
}

/// <summary>What the plugin registers.</summary>
public sealed class ContractServices : IStageServices
{
    public void Register(IServiceCollection services) => services.AddSingleton<Sums>();
}

/// <summary>Shared by all instances.</summary>
public sealed class Sums(TimeProvider time)
{
    public long Started { get; } = time.GetTimestamp();

    public long Seen;
}

/// <summary>
/// Uses each part of the contract once. Its binary, built against a released contract, must work with every later one of the same major
/// version: outbound packets are delayed, marked and emitted, and answered with a packet of the stage's own; inbound packets are trimmed.
/// </summary>
[Stage("contract", "Uses every part of the contract.", IsExperimental = true, Services = typeof(ContractServices))]
public sealed class ContractStage : IPacketStage, IStageDefinition<ContractOptions>, ITwinOptions<ContractOptions>, IDisposable
{
    private const int Extra = 4;

    private readonly ContractOptions _options;
    private readonly IStageContext _context;
    private readonly Sums _sums;
    private readonly Counter _seen;
    private readonly DropReason _tooShort;
    private readonly Queue<PacketLease> _held = new();
    private readonly StageTimer _timer;
    private int _mtuChanges;

    public ContractStage(ContractOptions options, IStageContext context, Sums sums, ILogger<ContractStage> logger)
    {
        (_options, _context, _sums) = (options, context, sums);
        _seen = context.Counters.Create("seen", "packets", "Packets seen.");
        _tooShort = context.Counters.DropReason("too-short", "Packets shorter than min-length.");
        _timer = context.CreateTimer(Release);
        context.MtuChanged += () => _mtuChanges++;
        context.Post(() => context.Logger.LogInformation("{Id} in lane {Lane} of {Lanes}: {Plan}", context.Id, context.Lane, context.Lanes, context.Plan.Derivation));
        logger.LogInformation("MTU {Mtu}, device {Device}, jitter {Jitter}", context.Mtu, context.Plan.Host.Device, context.Random.Next(2));
    }

    public static StageShape Shape(ContractOptions options) => StageShape.Through(PacketKind.Ip) with
    {
        Headroom = Extra,
        Overhead = Extra,
        InboundReleasedFront = 0,
        MayChange = HeaderFields.TrafficClass,
    };

    public static void Validate(ContractOptions options, OptionsReport report)
    {
        if (options.Mode == ContractMode.Some && options.Words.Count == 0)
        {
            report.Error("words", "empty, but mode is some", "list at least one word");
        }

        options.Secret?.Check(report, "secret");
    }

    public static void ValidatePlan(ContractOptions options, StagePlan plan, OptionsReport report)
    {
        if (plan.Mtu < options.MinLength)
        {
            report.Warning("min-length", $"{options.MinLength} is above the MTU of {plan.Mtu}", "use a smaller one");
        }
    }

    public static (ContractOptions A, ContractOptions B) ForTwin(ContractOptions options) => (options, options);

    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            _seen.Increment();
            Interlocked.Increment(ref _sums.Seen);
            if (packet.Length < _options.MinLength || packet.Length + Extra > _context.MtuTo(packet.Endpoint) + Extra)
            {
                packet.Drop(_tooShort);
            }
            else if (packet.TryTake(out var lease))
            {
                lock (_held)
                {
                    _held.Enqueue(lease);
                }

                _timer.Schedule(_options.Delay);
            }
        }
    }

    public void Inbound(PacketBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Length > _options.MinLength)
            {
                batch[i].TrimStart(1);
            }
        }
    }

    public JsonObject GetStatus() => new() { ["seen"] = Interlocked.Read(ref _sums.Seen), ["mtu-changes"] = _mtuChanges };

    public void Dispose()
    {
        _timer.Dispose();
        lock (_held)
        {
            while (_held.TryDequeue(out var lease))
            {
                lease.Dispose();
            }
        }
    }

    private void Release()
    {
        lock (_held)
        {
            while (_held.TryDequeue(out var lease))
            {
                lease.Prepend(Extra).Fill(0xEE);
                _context.Emit(Direction.Outbound, lease);
                if (_context.TryRent(_options.MinLength, out var answer))
                {
                    answer.Data.Fill(0xAA);
                    _context.Emit(Direction.Inbound, answer);
                }
            }
        }
    }
}
