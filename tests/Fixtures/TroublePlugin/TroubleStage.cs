using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace TroublePlugin;

/// <summary>A stage whose every member can misbehave.</summary>
[Stage("trouble", "Misbehaves where it is told to.", Services = typeof(TroubleServices))]
public sealed class TroubleStage : IPacketStage, IStageDefinition<TroubleOptions>, ITwinOptions<TroubleOptions>, IDisposable
{
    private static readonly JsonObject _status = new() { ["same"] = "each time" };

    private readonly IStageContext _context;
    private readonly StageTimer _timer;

    static TroubleStage() => Trouble.At("the static constructor");

    public TroubleStage(TroubleOptions options, IStageContext context, TroubleService service)
    {
        _ = (options, service);
        _context = context;
        Trouble.At("the stage's constructor");
        context.State("kept", _ => new TroubleState());
        context.MtuChanged += () => Trouble.At("MtuChanged");
        _timer = context.CreateTimer(Tick);
        _timer.Schedule(TimeSpan.Zero);
    }

    public static StageShape Shape(TroubleOptions options)
    {
        Trouble.At("Shape");
        return StageShape.Through(PacketKind.Ip);
    }

    public static void Validate(TroubleOptions options, OptionsReport report) => Trouble.At("Validate");

    public static void ValidatePlan(TroubleOptions options, StagePlan plan, OptionsReport report) => Trouble.At("ValidatePlan");

    public static void DeclareCounters(CounterSet counters) => Trouble.At("DeclareCounters");

    public static (TroubleOptions A, TroubleOptions B) ForTwin(TroubleOptions options)
    {
        Trouble.At("ForTwin");
        return (options, options);
    }

    public void Outbound(PacketBatch batch)
    {
        Trouble.At("Outbound");
        _context.PathTo(default);
    }

    public void Inbound(PacketBatch batch) => Trouble.At("Inbound");

    public JsonObject? GetStatus()
    {
        Trouble.At("GetStatus");
        return _status;
    }

    public IEnumerable<JsonObject> ListFlows(Func<FlowKey, Direction, bool> isWanted)
    {
        Trouble.At("ListFlows");
        yield return _status;
    }

    public IDisposable? ShareSecrets(Action<byte[]> report)
    {
        Trouble.At("ShareSecrets");
        return new Sharing();
    }

    public bool HandlePathReport(in DatagramEndpoint destination, int largest)
    {
        Trouble.At("HandlePathReport");
        return false;
    }

    public bool HandlePathFailure(in DatagramEndpoint destination, string reason)
    {
        Trouble.At("HandlePathFailure");
        return false;
    }

    public void Dispose() => Trouble.At("Dispose");

    private sealed class Sharing : IDisposable
    {
        public void Dispose() => Trouble.At("Dispose of what ShareSecrets returned");
    }

    private void Tick()
    {
        Trouble.At("a timer");
        _context.LeadsToHost(default);
        _context.ChangeNetwork(_context.Network);
        _context.Post(() => Trouble.At("posted work"));
        _timer.Schedule(TimeSpan.FromMilliseconds(10));
    }
}

public sealed class TroubleState : IDisposable
{
    public TroubleState() => Trouble.At("State");

    public void Dispose() => Trouble.At("Dispose of an object of State");
}

public sealed class TroubleService : IDisposable
{
    public TroubleService() => Trouble.At("a service's constructor");

    public void Dispose() => Trouble.At("Dispose of a service");
}

public sealed class TroubleServices : IStageServices
{
    public void Register(IServiceCollection services)
    {
        Trouble.At("Register of");
        services.AddSingleton<TroubleService>();
    }
}
