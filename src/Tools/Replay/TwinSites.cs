using System.Net;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>
/// Both sites of a tunnel in one process, on one clock, and the link between them. A packet 1. goes through the whole chain of the site that it
/// enters; 2. crosses the link; 3. goes through the other site's chain; 4. reaches that site's host. Whatever the stages say to each other (a
/// handshake) crosses the same link, both ways. Deterministic, on the caller's thread.
/// </summary>
internal sealed class TwinSites : IDisposable
{
    /// <summary>What precedes the id of a stage of site A.</summary>
    public const string SiteA = "site-a.";

    /// <summary>What precedes the id of a stage of site B.</summary>
    public const string SiteB = "site-b.";

    private const int MaxRounds = 10_000;

    private static readonly DatagramEndpoint AddressOfA = DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:51820"));
    private static readonly DatagramEndpoint AddressOfB = DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.2:51820"));

    private readonly PipelinePlan _plan;
    private readonly TwinLink _there;
    private readonly TwinLink _back;
    private readonly ManualClock _clock;
    private readonly Site _a;
    private readonly Site _b;
    private byte[] _slot = [];

    /// <summary>Starts both sites.</summary>
    /// <param name="plan">The file's plan.</param>
    /// <param name="conditions">What the link does to datagrams.</param>
    /// <param name="time">Nanoseconds since 1970 UTC.</param>
    /// <param name="toHostA">Gets what reaches the host of site A; the batch is good during the call.</param>
    /// <param name="toHostB">Gets what reaches the host of site B.</param>
    /// <exception cref="PipelineStartException">A stage could not start.</exception>
    public TwinSites(PipelinePlan plan, TwinConditions conditions, long time, Action<PacketBatch> toHostA, Action<PacketBatch> toHostB)
    {
        _plan = plan;
        var largest = plan.Mtu.Below[^1] - plan.Stages[^1].Shape.Overhead;
        _there = new TwinLink(conditions, conditions.Seed, largest);
        _back = new TwinLink(conditions, ~conditions.Seed, largest);
        _clock = new ManualClock(time);
        _a = new Site(TwinSitePlan.Of(plan, isB: false), _clock, new Random(conditions.Seed), toHostA, _there.Send);
        try
        {
            _b = new Site(TwinSitePlan.Of(plan, isB: true), _clock, new Random(~conditions.Seed), toHostB, _back.Send);
        }
        catch
        {
            _a.Pipeline.Dispose();
            throw;
        }

        Settle();
    }

    /// <summary>The time, in nanoseconds since 1970 UTC.</summary>
    public long Now => _clock.Now;

    /// <summary>Why a site's pipeline would have ended; null while all is well.</summary>
    public string? Failure => _a.Pipeline.Failure ?? _b.Pipeline.Failure;

    /// <summary>The link from A to B.</summary>
    public TwinLinkTally There => _there.Tally;

    /// <summary>The link from B to A.</summary>
    public TwinLinkTally Back => _back.Tally;

    /// <summary>The sums of site A's stages.</summary>
    public IReadOnlyList<StageTally> TallyA(Direction direction) => _a.Tally(direction);

    /// <summary>The sums of site B's stages.</summary>
    public IReadOnlyList<StageTally> TallyB(Direction direction) => _b.Tally(direction);

    /// <summary>Runs a packet to the other site's host, and all that follows from it.</summary>
    /// <param name="packet">The packet; it is copied.</param>
    /// <param name="mark">What it is recognized by; not 0.</param>
    /// <param name="direction">Outbound from site A's host, inbound from site B's.</param>
    public void Enter(ReadOnlySpan<byte> packet, uint mark, Direction direction = Direction.Outbound)
    {
        var site = direction == Direction.Outbound ? _a : _b;
        Put(site.Pipeline.Open(Direction.Outbound), packet).Mark = mark;
        site.Pipeline.Run(Direction.Outbound);
        Settle();
    }

    /// <summary>Turns the clock on, timer by timer.</summary>
    /// <param name="time">Nanoseconds since 1970 UTC; an earlier time than it is changes nothing.</param>
    public void AdvanceTo(long time)
    {
        for (var fired = 0; fired < ManualClock.MaxFirings && _clock.NextDue is { } due && due <= time; fired++)
        {
            _clock.SetTo(due);
            Settle();
        }

        _clock.SetTo(time);
        Settle();
    }

    /// <summary>Delivers what the link holds back.</summary>
    public void Flush()
    {
        _there.Flush();
        _back.Flush();
        Settle();
    }

    /// <summary>Disposes the stages of both sites.</summary>
    public void Dispose()
    {
        _a.Pipeline.Dispose();
        _b.Pipeline.Dispose();
    }

    /// <summary>Puts a packet of any length into a batch, with the planned room around it.</summary>
    private Packet Put(PacketBatch batch, ReadOnlySpan<byte> bytes)
    {
        var room = _plan.LeaseRoom;
        var needed = room.Headroom + bytes.Length + room.Tailroom;
        if (_slot.Length < needed)
        {
            _slot = GC.AllocateUninitializedArray<byte>(needed, pinned: true);
        }

        bytes.CopyTo(_slot.AsSpan(room.Headroom));
        return batch.AddForeign(_slot, 0, room.Headroom, bytes.Length, needed);
    }

    /// <summary>Runs both sites and the link until nothing is left to do.</summary>
    private void Settle()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            _a.Pipeline.Settle();
            _b.Pipeline.Settle();
            if (!Deliver(_there, _b.Pipeline, AddressOfA) & !Deliver(_back, _a.Pipeline, AddressOfB))
            {
                break;
            }
        }
    }

    private bool Deliver(TwinLink link, SteppedPipeline to, DatagramEndpoint from)
    {
        if (!link.TryReceive(out var datagram))
        {
            return false;
        }

        var packet = Put(to.Open(Direction.Inbound), datagram.Bytes);
        packet.Mark = datagram.Mark;
        packet.Endpoint = from;
        to.Run(Direction.Inbound);
        return true;
    }

    /// <summary>One site: its stages and what they did.</summary>
    private sealed class Site
    {
        private readonly StageTallies _tallies = new();

        public Site(
            PipelinePlan plan, ManualClock clock, Random random, Action<PacketBatch> toHost, Action<PacketBatch> toNetwork) =>
            Pipeline = new SteppedPipeline(plan, new SteppedOptions
            {
                Shadows = true,
                Clock = clock,
                HostSink = toHost,
                NetworkSink = toNetwork,
                Observer = _tallies,
                OnDrop = _tallies.NoteDrop,
                Random = random,
                BatchSize = 16,
            });

        public SteppedPipeline Pipeline { get; }

        public IReadOnlyList<StageTally> Tally(Direction direction) =>
            [.. Pipeline.Units.Where(unit => !unit.IsEnd).Select(unit => _tallies.Of(unit, direction))];
    }
}
