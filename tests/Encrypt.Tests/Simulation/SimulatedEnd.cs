using Culvert.Packets;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Testing;

namespace Encrypt.Tests.Simulation;

/// <summary>An end of a simulation: the stage in its harness, its file, its address, and what comes out of it. Restarts and reloads as the program does.</summary>
internal sealed class SimulatedEnd : IDisposable
{
    /// <summary>Where the hub is found at the beginning.</summary>
    public const string Hub = "192.0.2.1:51820";

    private readonly Scenario _scenario;
    private TestStageContext _first = null!;
    private StageHarness<EncryptStage> _harness = null!;
    private Tunnel _tunnel = null!;
    private int _mtu = 1420;

    public SimulatedEnd(EndName name, Scenario scenario, SimulatedClock clock)
    {
        (Name, _scenario, Clock, File) = (name, scenario, new SimulatedClock.OfEnd(clock), EndFile.First(name, scenario.Keepalive));
        Start();
    }

    public EndName Name { get; }

    public SimulatedClock.OfEnd Clock { get; }

    /// <summary>What the end's file says; <see cref="Reload"/> or <see cref="Start"/> reads it.</summary>
    public EndFile File { get; private set; }

    /// <summary>How often the process was started.</summary>
    public int Starts { get; private set; }

    /// <summary>How often the process was started, or its file has lost a peer: what the end knew of the peer, such as its last timestamp, is gone then.</summary>
    public int Memory { get; private set; }

    /// <summary>Until when the process is suspended.</summary>
    public TimeSpan SuspendedUntil { get; set; }

    /// <summary>The source of the end's datagrams.</summary>
    public DatagramEndpoint Address { get; set; }

    /// <summary>Packets that the end holds.</summary>
    public int Held => _first.LeasesHeld;

    /// <summary>What was thrown in timers and posted work.</summary>
    public IReadOnlyList<Exception> Faults => [.. _first.Faults, .. _harness.Context.Faults];

    /// <summary>Session indexes in use.</summary>
    public int Indexes => _tunnel.Peers.Indexes.Count;

    /// <summary>When the end's next timer is due; null for none.</summary>
    public TimeSpan? NextTimer => _first.NextDue is { } due ? SimulatedClock.OfEnd.Convert(due) : null;

    /// <summary>The reasons for the packets that were dropped, for a failure's message.</summary>
    public string Drops => string.Join(", ", _first.Counters.All.Where(counter => counter.Value > 0).Select(counter => $"{counter.Name} {counter.Value}"));

    /// <summary>Sends an inner packet from the host.</summary>
    /// <returns>The datagrams that came out.</returns>
    public IReadOnlyList<EmittedPacket> Send(byte[] packet) => [.. _harness.Outbound([packet]).Passed, .. Serve()];

    /// <summary>Takes a datagram from the network.</summary>
    /// <returns>The inner packets that came out, and the datagrams.</returns>
    public (IReadOnlyList<byte[]> Delivered, IReadOnlyList<EmittedPacket> Sent) Receive(byte[] datagram, DatagramEndpoint source)
    {
        var delivered = _harness.Run(Direction.Inbound, source, datagram).Packets;
        return (delivered, Serve());
    }

    /// <summary>Runs posted work and due timers.</summary>
    public IReadOnlyList<EmittedPacket> Serve()
    {
        _harness.Context.RunService();
        _first.RunService();
        return [.. _first.TakeEmitted().Where(packet => packet.Direction == Direction.Outbound)];
    }

    /// <summary>Writes the file and reloads it.</summary>
    public IReadOnlyList<EmittedPacket> Reload(EndFile file)
    {
        Memory += File.Peers.All(peer => file.Peers.TryGetValue(peer.Key, out var same) && same.Key == peer.Value.Key) ? 0 : 1;
        File = file;
        var options = file.ToOptions(Hub);
        var context = _harness.Context.Successor();
        var next = new StageHarness<EncryptStage>(new EncryptStage(options, context), _harness.Shape, context);
        var old = _harness;
        _harness = next;
        var sent = Serve();
        old.Dispose();
        return sent;
    }

    /// <summary>Starts the process again after <see cref="Dispose"/>.</summary>
    public void Start()
    {
        Starts++;
        Memory++;
        SuspendedUntil = TimeSpan.Zero;
        var options = File.ToOptions(Hub);
        _first = new TestStageContext(Clock, _mtu, "encrypt", new PacketRoom(64, 1536, 64), _scenario.Pool)
        {
            Plan = new(1420, "")
            {
                Host = new() { MinMtu = 1280 },
                Network = new() { ListenPort = 51820, PathMtu = 1480, AllowsPathProbes = _scenario.Probes },
            },
            // The base library's hash codes differ from process to process.
            Random = new Random(unchecked((((_scenario.Seed * 31) + Starts) * 31) + (int)Name)),
        };
        _harness = new StageHarness<EncryptStage>(new EncryptStage(options, _first), EncryptStage.Shape(options), _first);
        _tunnel = _harness.Stage.Tunnel;
    }

    /// <summary>Sets the MTU of the device.</summary>
    public void SetMtu(int mtu)
    {
        _mtu = mtu;
        _first.SetMtu(mtu);
    }

    /// <summary>Tells the stage that somebody claims in an ICMP message that only so much passes.</summary>
    public void Report(DatagramEndpoint destination, int largest) => _harness.Stage.HandlePathReport(destination, largest);

    /// <summary>Demands cookies.</summary>
    public void SetLoad(bool isLoaded) => _tunnel.Receiver.AlwaysUnderLoad = isLoaded;

    public void Dispose() => _harness.Dispose();
}
