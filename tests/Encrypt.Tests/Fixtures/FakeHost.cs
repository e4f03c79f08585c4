using System.Net;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Stages;
using Culvert.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Encrypt.Tests.Fixtures;

/// <summary>A tunnel's host that a test controls: its work runs in a test context, and its calls can be made to fail.</summary>
internal sealed class FakeHost(TestStageContext context) : ITunnelHost
{
    /// <summary>WireGuard's suite in libsodium, for one lane.</summary>
    public static DataCipher Cipher { get; } =
        CipherChooser.Choose(CipherSuite.Wireguard, CipherLibrary.Libsodium, 1, NullLogger.Instance);

    /// <summary>Answers look-ups.</summary>
    public Func<string, Task<IPAddress[]>> LookUp { get; set; } = _ => Task.FromResult<IPAddress[]>([]);

    /// <summary>Creates timers.</summary>
    public Func<Action, StageTimer> MakeTimer { get; init; } = context.CreateTimer;

    /// <summary>Called before each datagram is sent.</summary>
    public Action Sending { get; set; } = () => { };

    /// <summary>Whether posts are refused, as by a service thread that is blocked.</summary>
    public bool RefusesPosts { get; set; }

    /// <summary>The number of posts that were taken.</summary>
    public int Posts { get; private set; }

    public int Lanes { get; init; } = 1;

    public int Mtu => context.Mtu;

    public int? PathOverhead { get; init; }

    public bool NeedsIpv6 => true;

    public IReadOnlyList<IPAddress> Addresses => [];

    public NetworkEndpointShape Network => context.Network;

    public bool IsConnected { get; set; }

    public bool IsIpv4Only { get; set; }

    /// <summary>The interfaces by name.</summary>
    public Dictionary<string, uint> Interfaces { get; } = [];

    public uint? FindInterface(string name) => Interfaces.TryGetValue(name, out var index) ? index : null;

    public TimeProvider Time => context.Time;

    public Random Random { get; } = new(1);

    public CounterSet Counters => context.Counters;

    public ILogger Logger => context.Log;

    public void ChangeNetwork(NetworkEndpointShape wanted) => context.ChangeNetwork(wanted);

    public bool TryRent(int length, out PacketLease lease) => context.TryRent(length, out lease);

    public void Send(PacketLease datagram)
    {
        Sending();
        context.Emit(Direction.Outbound, datagram);
    }

    public void Deliver(PacketLease packet) => context.Emit(Direction.Inbound, packet);

    public bool TryPost(Action work)
    {
        if (!RefusesPosts)
        {
            Posts++;
            context.Post(work);
        }

        return !RefusesPosts;
    }

    public StageTimer CreateTimer(Action callback) => MakeTimer(callback);

    public string? Device => context.Plan.Host.Device;

    public bool LeadsToHost(in DatagramEndpoint endpoint) => context.LeadsToHost(endpoint);

    public Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellation) => LookUp(name);
}
