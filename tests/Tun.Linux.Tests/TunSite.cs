using System.Net;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>A real device in a namespace of its own, with one stage for each lane.</summary>
internal sealed class TunSite : IDisposable
{
    private readonly IReadOnlyList<TestStageContext> _contexts;

    /// <summary>Makes the device.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="mtu">What the plan gives.</param>
    /// <param name="lanes">How many queues.</param>
    /// <param name="prepare">Commands to run in the namespace before.</param>
    public TunSite(TunOptions options, int mtu = 1420, int lanes = 1, params string[] prepare)
        : this(options, lanes == 1 ? [new TestStageContext(mtu: mtu)] : TestStageContext.ForLanes(lanes, mtu: mtu), prepare)
    {
    }

    /// <summary>Makes the device of one lane.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="plan">What the plan says of the other stages.</param>
    /// <param name="prepare">Commands to run in the namespace before.</param>
    public TunSite(TunOptions options, StagePlan plan, params string[] prepare)
        : this(options, [new TestStageContext(mtu: plan.Mtu) { Plan = plan }], prepare)
    {
    }

    private TunSite(TunOptions options, IReadOnlyList<TestStageContext> contexts, string[] prepare)
    {
        Space = NetworkNamespace.Create();
        _contexts = contexts;
        try
        {
            Array.ForEach(prepare, command => Space.Run(command));
            Before = Routing;
            Stages = Space.Invoke(() => _contexts.Select(context => new TunStage(options, context)).ToArray());
        }
        catch
        {
            Space.Dispose();
            throw;
        }
    }

    public NetworkNamespace Space { get; }

    public TunStage[] Stages { get; }

    public TunStage Stage => Stages[0];

    public TestStageContext Context => _contexts[0];

    /// <summary>The namespace's rules and its routes of all tables, in both families.</summary>
    public string Routing =>
        string.Concat(new[] { "-4 rule", "-6 rule", "-4 route show table all", "-6 route show table all" }.Select(what => Space.Run($"ip {what}")));

    /// <summary><see cref="Routing"/> before the device was there.</summary>
    public string Before { get; }

    public static TunOptions Options(string addresses, string routes = "", bool offload = true) => new()
    {
        Device = "tun-test",
        Addresses = [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Address)],
        Routes = [.. routes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPNetwork.Parse)],
        Offload = offload,
    };

    public static InterfaceAddress Address(string text) =>
        InterfaceAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    public TestBatch Batch(Direction direction, int capacity = 128, int size = 9216) =>
        new(Context, direction, capacity, new PacketRoom(64, size, 64));

    public long Count(string name) => Context.Count(name);

    /// <summary>Waits until something has come about that other threads do.</summary>
    public static void Eventually(Func<bool> condition)
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            if (condition())
            {
                return;
            }

            Thread.Sleep(10);
        }

        Assert.Fail("It has not come about in ten seconds.");
    }

    /// <summary>Closes the device and leaves the namespace, to look at what stays.</summary>
    public void CloseDevice()
    {
        foreach (var stage in Stages)
        {
            stage.Dispose();
        }

        Context.Dispose();
    }

    public void Dispose()
    {
        CloseDevice();
        Space.Dispose();
    }
}
