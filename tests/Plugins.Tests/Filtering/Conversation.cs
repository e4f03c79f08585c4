using Culvert.Plugins.StatefulFilter;
using Culvert.Testing;
using Culvert.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Plugins.Tests.Filtering;

/// <summary>Two hosts with a stateful filter between them: A inside, B outside.</summary>
internal sealed class Conversation : IDisposable
{
    public const string A = "10.0.0.1";
    public const string B = "10.9.0.2";

    private readonly TestStageContext _context;

    public Conversation(params string[] rules)
        : this(Filters.Of(rules))
    {
    }

    public Conversation(FilterOptions options)
    {
        _context = new TestStageContext(Time);
        Harness = Filters.Start(options, _context);
    }

    public FakeTimeProvider Time { get; } = new();

    public StageHarness<FilterStage> Harness { get; }

    /// <summary>Whether a packet passes.</summary>
    public bool Out(PacketBuilder packet) => Harness.Outbound(packet.Build()).Passed.Count == 1;

    /// <inheritdoc cref="Out(PacketBuilder)"/>
    public bool In(PacketBuilder packet) => Harness.Inbound(packet.Build()).Passed.Count == 1;

    /// <summary>A segment of A's connection from port 40000 to B's port 443.</summary>
    public static PacketBuilder FromA(TcpFlags flags, uint sequence, uint acknowledgment = 0, int payload = 0, ushort port = 40000) =>
        PacketBuilder.Ipv4(A, B).Tcp(port, 443, flags).Sequence(sequence, acknowledgment).Window(1000).Payload(payload);

    /// <summary>A segment of the same connection from B.</summary>
    public static PacketBuilder FromB(TcpFlags flags, uint sequence, uint acknowledgment = 0, int payload = 0, ushort port = 40000) =>
        PacketBuilder.Ipv4(B, A).Tcp(443, port, flags).Sequence(sequence, acknowledgment).Window(1000).Payload(payload);

    /// <summary>A's handshake, with numbers 100 and 900 for the SYNs.</summary>
    public void Shake(ushort port = 40000)
    {
        Assert.True(Out(FromA(TcpFlags.Syn, 100, port: port)));
        Assert.True(In(FromB(TcpFlags.Syn | TcpFlags.Ack, 900, 101, port: port)));
        Assert.True(Out(FromA(TcpFlags.Ack, 101, 901, port: port)));
    }

    public void Dispose()
    {
        Harness.Dispose();
        _context.Dispose();
    }
}
