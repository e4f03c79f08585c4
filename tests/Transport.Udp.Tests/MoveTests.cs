using System.Net;
using System.Net.Sockets;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Plugins.Transport.Udp.Linux;
using Culvert.Testing;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

/// <summary>Another port and another mark, under traffic, as <c>wg set</c> asks for them.</summary>
public sealed class MoveTests
{
    [Fact]
    public void AnotherPortIsServedBehindTheSameDescriptorAndTheFirstIsFree()
    {
        Requires.Linux();
        using var stage = Harness();
        using var caller = new UdpEnd(Twin.LinuxPlain);
        var descriptor = stage.Stage.Descriptor;
        var first = stage.Stage.Local;
        var port = FreePort();

        SetPort(stage.Stage, port);
        Assert.Equal(1, stage.Context.ReplacedFiles);
        SetPort(stage.Stage, port);
        Assert.Equal(1, stage.Context.ReplacedFiles);

        Assert.Equal(((int?)port, port, descriptor), (stage.Stage.Facts.ListenPort, stage.Stage.Local.Port, stage.Stage.Descriptor));
        using var again = new UdpEnd(Twin.LinuxPlain, first.ToString());
        Assert.True(Arrives(stage, caller, stage.Stage.Local));
        stage.Run(Direction.Outbound, caller.Endpoint, "hello"u8.ToArray());
        caller.Receive();
        Assert.Equal(port, caller.Inbound.Batch[0].Endpoint.Port);
    }

    [Fact]
    public void APortInUseIsRefusedAndNothingChanges()
    {
        Requires.Linux();
        using var stage = Harness();
        using var caller = new UdpEnd(Twin.LinuxPlain);
        using var other = new UdpEnd(Twin.LinuxPlain);
        var first = stage.Stage.Local;
        var open = Directory.GetFiles("/proc/self/fd").Length;

        for (var i = 0; i < 20; i++)
        {
            var error = Assert.Throws<SocketException>(() => SetPort(stage.Stage, other.Endpoint.Port));
            Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        }

        Assert.Equal(first, stage.Stage.Local);
        Assert.True(Arrives(stage, caller, first));
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, open + 10);
    }

    [Fact]
    public void AnyPortMovesAGivenOneOnceAndKeepsAChosenOne()
    {
        Requires.Linux();
        using var stage = Harness();
        SetPort(stage.Stage, FreePort());
        var given = stage.Stage.Facts.ListenPort;
        SetPort(stage.Stage, null);
        var chosen = stage.Stage.Facts.ListenPort;
        Assert.NotEqual(given, chosen);
        SetPort(stage.Stage, null);
        Assert.Equal(chosen, stage.Stage.Facts.ListenPort);
    }

    [Fact]
    public void AllLanesMoveTogetherAndKeepTheMark()
    {
        Requires.Root();
        var contexts = TestStageContext.ForLanes(3);
        UdpStage[] lanes = [.. contexts.Select(context => new UdpStage(new UdpOptions { Listen = Loopback, Fwmark = new FirewallMark(7) }, context))];
        lanes[0].Change(lanes[0].Facts with { ListenPort = FreePort(), FirewallMark = 9 });

        Assert.Single(lanes.Select(lane => lane.Local).Distinct());
        var others = TestStageContext.ForLanes(2);
        UdpStage[] second = [.. others.Select(context => new UdpStage(new UdpOptions { Listen = Loopback }, context))];
        Assert.Throws<SocketException>(() => second[0].Change(second[0].Facts with { ListenPort = lanes[0].Local.Port }));
        others[0].Dispose();
        Assert.All(lanes, lane =>
        {
            Assert.Equal(9u, lane.Facts.FirewallMark);
            using var handle = Duplicate(lane.Descriptor!.Value);
            Assert.Equal(9, SysSocket.GetOption(handle, SysSocket.SOL_SOCKET, SysSocket.SO_MARK));
        });
        contexts[0].Dispose();
    }

    [Fact]
    public void APortThatIsRefusedTakesTheMarkBack()
    {
        Requires.Root();
        using var stage = Harness();
        using var other = new UdpEnd(Twin.LinuxPlain);
        Assert.Throws<SocketException>(
            () => stage.Stage.Change(stage.Stage.Facts with { ListenPort = other.Endpoint.Port, FirewallMark = 9 }));
        Assert.Null(stage.Stage.Facts.FirewallMark);
    }

    private static IPEndPoint Loopback => new(IPAddress.Loopback, 0);

    private static StageHarness<UdpStage> Harness() => StageHarness.Create<UdpStage, UdpOptions>(new UdpOptions { Listen = Loopback }, new TestStageContext());

    private static void SetPort(UdpStage stage, int? port) => stage.Change(stage.Facts with { ListenPort = port });

    private static int FreePort()
    {
        using var probe = new UdpEnd(Twin.LinuxPlain);
        return probe.Endpoint.Port;
    }

    // Whether a datagram to an address comes out of the stage.
    private static bool Arrives(StageHarness<UdpStage> stage, UdpEnd caller, IPEndPoint to)
    {
        caller.Send(DatagramEndpoint.From(to), "hello"u8.ToArray());
        using var wait = new PollWait(stage.Stage.Descriptor!.Value);
        var batch = new TestBatch(stage.Context, Direction.Inbound, 8);
        for (var round = 0; round < 100 && batch.Batch.Count == 0; round++)
        {
            wait.Wait();
            stage.Stage.Receive(batch.Filler);
        }

        return batch.Batch.Count == 1;
    }

    private static SocketHandle Duplicate(int descriptor)
    {
        using var handle = new SocketHandle(descriptor);
        var copy = LinuxSocketOpening.Open(ipv6: false);
        Assert.Equal(0, LinuxSocketOpening.Replace(copy, handle));
        handle.SetHandleAsInvalid();
        return copy;
    }
}
