using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Guarding;

/// <summary>
/// Calls into instances of a plugin's classes. Those of the data path (<see cref="Process"/>, <see cref="Receive"/>, <see cref="Wake"/>, paths) run on the
/// caller's thread, who contains what they throw. All others are guarded.
/// </summary>
internal static class StageCalls
{
    // Waking returns at once by contract; a reload and the closing wake every lane.
    private static readonly TimeSpan WakeLimit = TimeSpan.FromSeconds(1);

    /// <summary>Hands a batch to a stage. Bare.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Process(IPacketStage stage, Direction direction, PacketBatch batch)
    {
        if (direction == Direction.Outbound)
        {
            stage.Outbound(batch);
        }
        else
        {
            stage.Inbound(batch);
        }
    }

    /// <summary>Receives from an endpoint. Bare.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Receive(IPacketEndpoint endpoint, PacketFiller filler) => endpoint.Receive(filler);

    /// <summary>Passes a failure of a path to a stage, on the thread of the endpoint that reports.</summary>
    /// <exception cref="PluginException">It threw: the endpoint is not to blame.</exception>
    public static bool HandlePathFailure(IPacketStage stage, string id, in DatagramEndpoint destination, string reason)
    {
        try
        {
            return stage.HandlePathFailure(destination, reason);
        }
        catch (Exception error) when (error is not PluginException)
        {
            throw new PluginException(new("HandlePathFailure of", id), error);
        }
    }

    /// <summary>Wakes an endpoint from a thread that carries packets. Bare.</summary>
    public static void Wake(IPacketEndpoint endpoint) => endpoint.Wake();

    /// <summary>Asks a stage for the path to an address, on the thread of the stage that wants to know.</summary>
    /// <exception cref="PluginException">It threw: the asking stage is not to blame.</exception>
    public static (int Outbound, int Inbound)? PathTo(IPacketStage stage, string id, in IpAddressValue address)
    {
        try
        {
            return stage.PathTo(address);
        }
        catch (Exception error) when (error is not PluginException)
        {
            throw new PluginException(new("PathTo of", id), error);
        }
    }

    /// <summary>Passes a report of a path to a stage, on the thread of the endpoint that reports.</summary>
    /// <exception cref="PluginException">It threw: the endpoint is not to blame.</exception>
    public static bool HandlePathReport(IPacketStage stage, string id, in DatagramEndpoint destination, int bytes)
    {
        try
        {
            return stage.HandlePathReport(destination, bytes);
        }
        catch (Exception error) when (error is not PluginException)
        {
            throw new PluginException(new("HandlePathReport of", id), error);
        }
    }

    /// <summary>Asks a host endpoint whether datagrams come back to it, on the thread of the stage that wants to know.</summary>
    /// <exception cref="PluginException">It threw: the asking stage is not to blame.</exception>
    public static bool LeadsHere(IPacketEndpoint host, string id, in DatagramEndpoint destination, NetworkEndpointShape network)
    {
        try
        {
            return host.LeadsHere(destination, network);
        }
        catch (Exception error) when (error is not PluginException)
        {
            throw new PluginException(new("LeadsHere of", id), error);
        }
    }

    /// <summary>Wakes an endpoint from a thread that must continue.</summary>
    public static void WakeInTime(IPacketEndpoint endpoint) =>
        PluginGuard.Within(WakeLimit, () => PluginGuard.Call(new("Wake"), endpoint, static one => one.Wake()));

    /// <summary>The descriptor of an endpoint that can be polled; null for any other stage.</summary>
    public static int? DescriptorOf(IPacketStage stage) => stage is IPacketEndpoint endpoint
        ? PluginGuard.Call(new("Descriptor"), endpoint, static one => one.Descriptor)
        : null;

    /// <summary>The facts of a network endpoint as they are now; null for those of its shape.</summary>
    public static NetworkEndpointShape? FactsOf(IPacketEndpoint endpoint) => PluginGuard.Call(new("Facts"), endpoint, static one => one.Facts);

    /// <summary>Asks a network endpoint for another port or mark.</summary>
    /// <exception cref="SocketException">It refuses.</exception>
    public static void Change(IPacketEndpoint endpoint, NetworkEndpointShape wanted)
    {
        var refusal = PluginGuard.Call(new("Change"), (endpoint, wanted), static one =>
        {
            try
            {
                one.endpoint.Change(one.wanted);
                return null;
            }
            catch (SocketException error)
            {
                // Not a fault: the stage that asked is told.
                return ExceptionDispatchInfo.Capture(error);
            }
        });
        refusal?.Throw();
    }

    /// <summary>
    /// The status of a stage; null where it has none. It is a copy: a plugin may return the same object each time, change it later, or
    /// have values in it whose own code writes them.
    /// </summary>
    public static JsonObject? StatusOf(IPacketStage stage) =>
        PluginGuard.Call(new("GetStatus"), stage, static one => (JsonObject?)one.GetStatus()?.DeepClone());

    /// <summary>The flows of a stage that are wanted; copies, as with <see cref="StatusOf"/>.</summary>
    public static IReadOnlyList<JsonObject> FlowsOf(IPacketStage stage, Func<FlowKey, Direction, bool> isWanted) => PluginGuard.Call(
        new("ListFlows"), (stage, isWanted),
        static one => one.stage.ListFlows(one.isWanted).Select(flow => (JsonObject)flow.DeepClone()).ToList());

    /// <summary>Lets a stage report secrets; null where it has none.</summary>
    public static IDisposable? ShareSecrets(IPacketStage stage, Action<byte[]> report) =>
        PluginGuard.Call(new("ShareSecrets"), (stage, report), static one => one.stage.ShareSecrets(one.report));

    /// <summary>Ends what <see cref="ShareSecrets"/> began; null for nothing.</summary>
    public static void EndSharing(IDisposable? sharing)
    {
        if (sharing is not null)
        {
            PluginGuard.Call(new("Dispose of what ShareSecrets returned"), sharing, static one => one.Dispose());
        }
    }

    /// <summary>Constructs a stage.</summary>
    public static IPacketStage Create(IServiceProvider services, Type stage, object options, IStageContext context) => PluginGuard.Call(
        new("the stage's constructor"), (services, stage, options, context),
        static one => (IPacketStage)StageConstruction.Create(one.services, one.stage, one.options, one.context));

    /// <summary>Disposes an instance if it can be.</summary>
    public static void Dispose(object? instance)
    {
        if (instance is IDisposable disposable)
        {
            PluginGuard.Call(new("Dispose"), disposable, static one => one.Dispose());
        }
    }

    /// <summary>Leaves the objects of an entry; the last to leave disposes them.</summary>
    public static void Dispose(EntryState state) => PluginGuard.Call(new("Dispose of an object of State"), state, static one => one.Dispose());

    /// <summary>Disposes a container and the services in it.</summary>
    public static void Dispose(ServiceProvider services) =>
        PluginGuard.Call(new("Dispose of a service"), services, static one => one.DisposeAsync().AsTask().GetAwaiter().GetResult());

    /// <summary>Collects the services that a plugin registers.</summary>
    /// <param name="registration">Its class; null for none.</param>
    /// <param name="logging">Where loggers come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="more">What the program adds; null for nothing.</param>
    public static ServiceCollection Services(
        Type? registration, ILoggerFactory logging, TimeProvider time, Action<IServiceCollection>? more) => PluginGuard.Call(
        new("Register of", registration?.Name), (registration, logging, time, more),
        static one => StageConstruction.Services(one.registration, one.logging, one.time, one.more));
}
