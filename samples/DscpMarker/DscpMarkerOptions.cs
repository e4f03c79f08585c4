using Culvert.Options;

namespace DscpMarker;

/// <summary>The keys of <c>stage: dscp-marker</c>.</summary>
public sealed record DscpMarkerOptions
{
    [Option("The code point that is written: 46 is expedited forwarding (EF), 34 is AF41, 0 is best effort.", Min = 0, Max = 63, Example = "46")]
    public required int Dscp { get; init; }

    [Option("Only TCP and UDP packets from or to these ports are marked; none: every packet is.", Example = "[5060, 5061]", Min = 1, Max = 65535)]
    public IReadOnlyList<int> Ports { get; init; } = [];
}
