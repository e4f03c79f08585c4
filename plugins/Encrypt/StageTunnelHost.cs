using System.Net;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Stages;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt;

/// <summary>A tunnel's host: the pipeline, seen through the context of the stage's first instance. Thread-safe.</summary>
/// <param name="context">The first lane's context; it serves all lanes.</param>
internal sealed class StageTunnelHost(IStageContext context) : ITunnelHost
{
    public int Lanes => context.Lanes;

    public int Mtu => context.Mtu;

    public int? PathOverhead { get; } = context.Plan.Network is { AllowsPathProbes: true, PathMtu: { } path } ? Math.Max(0, path - context.Plan.Mtu) : null;

    public bool NeedsIpv6 { get; } = context.Plan.Host.MinMtu > 0;

    public IReadOnlyList<IPAddress> Addresses => context.Plan.Host.Addresses;

    public NetworkEndpointShape Network => context.Network;

    public bool IsConnected => context.Plan.Network.IsConnected;

    public bool IsIpv4Only => context.Plan.Network.IsIpv4Only;

    public TimeProvider Time => context.Time;

    public Random Random => context.Random;

    public CounterSet Counters => context.Counters;

    public ILogger Logger => context.Logger;

    public void ChangeNetwork(NetworkEndpointShape wanted) => context.ChangeNetwork(wanted);

    public bool TryRent(int length, out PacketLease lease) => context.TryRent(length, out lease);

    public void Send(PacketLease datagram) => context.Emit(Direction.Outbound, datagram);

    public void Deliver(PacketLease packet) => context.Emit(Direction.Inbound, packet);

    public bool TryPost(Action work)
    {
        try
        {
            context.Post(work);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Too many wait. What waits for this one must not wait for ever.
            return false;
        }
    }

    public StageTimer CreateTimer(Action callback) => context.CreateTimer(callback);

    public uint? FindInterface(string name) => Interfaces.Find(name);

    public string? Device => context.Plan.Host.Device;

    public bool LeadsToHost(in DatagramEndpoint endpoint) => context.LeadsToHost(endpoint);

    public Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellation) => Dns.GetHostAddressesAsync(name, cancellation);
}
