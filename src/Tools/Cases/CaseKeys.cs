using Culvert.Options;
using Culvert.Packets;

namespace Culvert.Tools.Cases;

/// <summary>The keys of one step of a test: packets that come in together, and what is expected of them.</summary>
internal record StepKeys
{
    [Option("When the step begins, counted from the start of the test; the stages' clock stands still otherwise.",
        Default = "the same moment as the step before it", Example = "2s")]
    public TimeSpan? At { get; init; }

    [Option("Which way the packets go through the stages: outbound, from the host to the network, or inbound.", Default = "outbound, or the test's")]
    public Direction? Direction { get; init; }

    [Option("The packet that comes in, or a list of them.", Example = "{tcp: {from: 192.0.2.1:40000, to: 198.51.100.7:443, flags: S, mss: 8961}}")]
    public IReadOnlyList<PacketSpec> In { get; init; } = [];

    [Option("What leaves: fields that every packet leaves with, a list of what leaves in order, unchanged, or none.", Example = "{tcp.mss: 1400, checksums: valid}")]
    public DepartureExpectation? Out { get; init; }

    [Option("The stage that drops the packets which do not leave.", Example = "filter")]
    public string? DroppedBy { get; init; }

    [Option("The counter under which they are dropped, with or without the values of its tags.", Example = "denied")]
    public string? Reason { get; init; }

    [Option("The packets that stages make meanwhile, in order; [] for none.", Example = "{by: filter, direction: inbound, tcp.flags: RA}")]
    public IReadOnlyList<PacketExpectation>? Emits { get; init; }
}

/// <summary>The keys of a test. Without <c>steps</c> it is one step itself.</summary>
internal sealed record CaseKeys : StepKeys
{
    [Option("What the test shows, in a few words; unique in the file.")]
    public required string Name { get; init; }

    [Option("Runs both sites of the tunnel, encrypt included: outbound packets enter site A and leave site B. Stages are site-a.ID and site-b.ID.")]
    public bool Twin { get; init; }

    [Option("What stages have counted at the end of the test.", Example = "{mss-clamp: {clamped: 1}}")]
    public CounterExpectation? Counters { get; init; }

    [Option("A file with what 'culvert explain' prints of the packets; 'culvert test --update' writes it.", Example = "reply.explain.txt")]
    public FilePath? Snapshot { get; init; }
}
