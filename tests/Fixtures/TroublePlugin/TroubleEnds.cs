using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace TroublePlugin;

public sealed record EndOptions
{
    [Option("Makes the entry another.")]
    public int Version { get; init; }
}

/// <summary>A host endpoint that sends a small packet every few milliseconds, without a device.</summary>
[Stage("trouble-host", "Sends by itself.")]
public sealed class TroubleHost(IEndpointContext context) : TroubleEnd, IPacketEndpoint, IStageDefinition<EndOptions>
{
    private readonly Culvert.Counters.Counter _answers = context.Counters.Create("answers", "packets", "Packets that came back.");

    public static StageShape Shape(EndOptions options) => StageShape.HostEndpoint(PacketKind.Ip);

    public override void Receive(PacketFiller filler)
    {
        Trouble.At("Receive");
        WaitForCall();
        Add(filler);
    }

    public bool LeadsHere(in DatagramEndpoint destination, NetworkEndpointShape network)
    {
        Trouble.At("LeadsHere");
        return false;
    }

    public void Inbound(PacketBatch batch) => _answers.Add(batch.Count);
}

/// <summary>A network endpoint that answers each packet with itself, without a network.</summary>
[Stage("trouble-network", "Answers by itself.")]
public sealed class TroubleNetwork(IEndpointContext context) : TroubleEnd, IPacketEndpoint, IStageDefinition<EndOptions>, ILiveEndpoint<EndOptions>
{
    private int _waiting;
    private int _received;

    public static StageShape Shape(EndOptions options) => StageShape.NetworkEndpoint(PacketKind.Ip, 28, new() { PathMtu = 1500 });

    public static string? WhyReopen(EndOptions running, EndOptions wanted)
    {
        Trouble.At("WhyReopen");
        return null;
    }

    public override void Receive(PacketFiller filler)
    {
        if (_waiting == 0)
        {
            WaitForCall();
        }

        // Now and then the path changes, so that stages are told of another MTU.
        if (++_received % 10 == 0)
        {
            context.Post(() => context.ReportPath(default, 1400));
            context.Post(() => context.ReportPathFailure(default, "no route to host"));
            context.ReportMtu(_received % 20 == 0 ? 1400 : 1300);
        }

        while (_waiting > 0 && !filler.IsFull)
        {
            Interlocked.Decrement(ref _waiting);
            Add(filler);
        }
    }

    public NetworkEndpointShape? Facts
    {
        get
        {
            Trouble.At("Facts");
            return null;
        }
    }

    public void Change(NetworkEndpointShape wanted) => Trouble.At("Change");

    public (int Outbound, int Inbound)? PathTo(in IpAddressValue address)
    {
        Trouble.At("PathTo");
        return null;
    }

    public void Outbound(PacketBatch batch)
    {
        Interlocked.Add(ref _waiting, batch.Count);
        Call();
    }
}

public abstract class TroubleEnd : IPacketEndpoint
{
    private static readonly byte[] _packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];

    private readonly AutoResetEvent _called = new(false);

    public int? Descriptor
    {
        get
        {
            Trouble.At("Descriptor");
            return null;
        }
    }

    public abstract void Receive(PacketFiller filler);

    public void Wake()
    {
        Trouble.At("Wake");
        Call();
    }

    protected static void Add(PacketFiller filler)
    {
        var packet = filler.Add(_packet.Length);
        _packet.CopyTo(packet.Data);
    }

    protected void Call() => _called.Set();

    protected void WaitForCall() => _called.WaitOne(5);
}
