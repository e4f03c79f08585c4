using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace Echo;

/// <summary>A network endpoint without a network: each datagram that is sent comes back.</summary>
[Stage("echo", "A network endpoint without a network: each datagram that is sent comes back.", IsExperimental = true)]
public sealed class EchoStage : IPacketEndpoint, IStageDefinition<EchoOptions>, IDisposable
{
    private const int Ipv4AndUdpHeaders = 28;
    private const int MaxWaiting = 1024;

    private readonly object _gate = new();
    private readonly Queue<PacketLease> _waiting = new(MaxWaiting);
    private readonly IEndpointContext _context;
    private readonly DropReason _full;
    private readonly DropReason _tooLong;
    private bool _woken;

    public EchoStage(EchoOptions options, IEndpointContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        _context = context;
        (_full, _tooLong) = Reasons(context.Counters);
    }

    public static void DeclareCounters(CounterSet counters) => Reasons(counters);

    public static StageShape Shape(EchoOptions options) =>
        StageShape.NetworkEndpoint(PacketKind.Datagram, Ipv4AndUdpHeaders, new() { PathMtu = options.PathMtu });

    /// <summary>The sink: hands the packets to the "network". A batch's memory is the lane's, so they are copied.</summary>
    public void Outbound(PacketBatch batch)
    {
        lock (_gate)
        {
            foreach (var packet in batch)
            {
                if (_waiting.Count < MaxWaiting && _context.TryRent(packet.Length, out var copy))
                {
                    packet.Data.CopyTo(copy.Data);
                    copy.Endpoint = packet.Endpoint;
                    _waiting.Enqueue(copy);
                }
                else
                {
                    packet.Drop(_full);
                }
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>The source: blocks until there is a packet or a wake, then takes what is there without waiting for more.</summary>
    public void Receive(PacketFiller filler)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_woken)
            {
                Monitor.Wait(_gate);
            }

            _woken = false;
            while (!filler.IsFull && _waiting.TryDequeue(out var copy))
            {
                Fill(filler, copy);
                copy.Dispose();
            }
        }
    }

    /// <summary>Makes Receive return, so that the host can close the pipeline or carry an emission.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var copy))
            {
                copy.Dispose();
            }
        }
    }

    private void Fill(PacketFiller filler, PacketLease copy)
    {
        if (copy.Length > filler.Room.Size)
        {
            filler.Refuse(_tooLong);
            return;
        }

        var packet = filler.Add(copy.Length);
        copy.Data.CopyTo(packet.Data);
        packet.Endpoint = copy.Endpoint;
    }

    private static (DropReason Full, DropReason TooLong) Reasons(CounterSet counters) => (
        counters.DropReason("queue-full", "Datagrams sent while too many waited to come back."),
        counters.DropReason("too-long", "Datagrams longer than the pipeline's slots."));
}
