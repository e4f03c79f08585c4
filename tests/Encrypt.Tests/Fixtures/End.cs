using System.Net;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Fixtures;

/// <summary>One end of a tunnel in memory: the stage in its harness, where it is, and what came out of it at the host's side.</summary>
internal sealed class End : IDisposable
{
    private readonly TestStageContext _first;

    public End(EncryptOptions options, FakeTimeProvider time, DatagramEndpoint address, bool probes = false, params IPAddress[] addresses)
    {
        Options = options;
        Address = address;
        Harness = StageHarness.Create<EncryptStage, EncryptOptions>(options, new TestStageContext(time, id: "encrypt")
        {
            Plan = new(1420, "")
            {
                Host = new() { MinMtu = 1280, Addresses = addresses },
                Network = new() { ListenPort = address.Port, PathMtu = 1480, AllowsPathProbes = probes },
            },
        });
        _first = Harness.Context;
    }

    public EncryptOptions Options { get; private set; }

    public StageHarness<EncryptStage> Harness { get; private set; }

    public TestStageContext Context => Harness.Context;

    public Tunnel Tunnel => Harness.Stage.Tunnel;

    /// <summary>The only peer.</summary>
    public Peer Peer => Tunnel.Peers.Snapshot.Single();

    /// <summary>The source of its datagrams.</summary>
    public DatagramEndpoint Address { get; set; }

    /// <summary>Inner packets that came out.</summary>
    public List<byte[]> Delivered { get; } = [];

    /// <summary>Inner packets that the stage itself sent to the host.</summary>
    public List<byte[]> ForHost { get; } = [];

    /// <summary>Sends an inner packet.</summary>
    /// <returns>The datagrams that came out at once; none while it waits for a handshake.</returns>
    public IReadOnlyList<EmittedPacket> Send(params ReadOnlySpan<byte[]> packets) => Harness.Outbound(packets).Passed;

    /// <summary>Takes a datagram from the network; inner packets go to <see cref="Delivered"/>.</summary>
    public HarnessResult Receive(byte[] datagram, DatagramEndpoint source)
    {
        var result = Harness.Run(Direction.Inbound, source, datagram);
        Delivered.AddRange(result.Packets);
        return result;
    }

    /// <summary>Runs the service thread's work and gives what it sent.</summary>
    public IReadOnlyList<EmittedPacket> Serve()
    {
        // The tunnel's own context is that of the instance that created it.
        foreach (var context in new[] { Context, _first }.Distinct())
        {
            context.RunService();
        }

        var emitted = _first.TakeEmitted();
        ForHost.AddRange(emitted.Where(packet => packet.Direction == Direction.Inbound).Select(packet => packet.Bytes));
        return [.. emitted.Where(packet => packet.Direction == Direction.Outbound)];
    }

    /// <summary>Replaces the instance by one with other options, as a reload does.</summary>
    public void Reload(EncryptOptions options)
    {
        var old = Harness;
        Options = options;
        Harness = StageHarness.Create<EncryptStage, EncryptOptions>(options, old.Context.Successor());
        Serve();
        old.Dispose();
    }

    public void Dispose() => Harness.Dispose();

    /// <summary>A new private key and its public key.</summary>
    public static (InlineKey Private, PublicKey Public) NewKey()
    {
        var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(KeyText.KeySize);
        using var key = X25519Key.Import(bytes);
        return (InlineKey.FromBytes(bytes), new PublicKey(key.PublicKey));
    }

    public static DatagramEndpoint At(string endpoint) => DatagramEndpoint.From(IPEndPoint.Parse(endpoint));

    public static EndpointChoices Way(string text) => new(new EndpointChoice(Host(text)));

    public static HostEndpoint Host(string endpoint) =>
        HostEndpoint.TryParse(endpoint, out var value) ? value : throw new ArgumentException(endpoint);
}
