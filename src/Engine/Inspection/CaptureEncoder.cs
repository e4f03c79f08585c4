using System.Buffers;
using Culvert.Endpoints.Captures;
using Culvert.Engine.Planning;
using Culvert.Stages;

namespace Culvert.Engine.Inspection;

/// <summary>Writes captured packets as pcapng: an interface for each boundary, on it the packet as it was there. Not thread-safe.</summary>
internal sealed class CaptureEncoder
{
    private readonly CaptureRequest _request;
    private readonly PcapNgBlocks _blocks;
    private readonly OuterHeaders _outer = new();
    private readonly Dictionary<(string Upper, string Lower), Interface> _interfaces = [];

    /// <param name="request">What is captured.</param>
    /// <param name="output">Where the blocks go.</param>
    public CaptureEncoder(CaptureRequest request, IBufferWriter<byte> output)
    {
        _request = request;
        _blocks = new PcapNgBlocks(output);
        _blocks.WriteSection();
    }

    /// <summary>The packets that were written.</summary>
    public long Packets { get; private set; }

    /// <summary>Announces a plan's boundaries, as far as they are new.</summary>
    /// <param name="plan">The plan that runs now.</param>
    /// <param name="localPort">The port of its network endpoint; 0 for unknown.</param>
    public void Announce(PipelinePlan plan, int localPort)
    {
        _outer.LocalPort = localPort;
        foreach (var (upper, lower) in plan.Stages.Zip(plan.Stages.Skip(1)))
        {
            if (_request.Place?.Includes(upper.Entry.Id, lower.Entry.Id) ?? true)
            {
                InterfaceOf(upper.Entry.Id, lower.Entry.Id, upper.Shape.Below == PacketKind.Ip);
            }
        }
    }

    /// <summary>Writes a packet at each boundary of the capture that it crossed.</summary>
    public void Write(CapturedPacket packet, CaptureClock clock)
    {
        var timestamp = clock.Nanoseconds(packet.Timestamp);
        var last = packet.Crossings.Count - 1;
        while (last >= 0 && !packet.Crossings[last].Boundary.IsWanted)
        {
            last--;
        }

        for (var i = 0; i <= last; i++)
        {
            if (packet.Crossings[i] is { Boundary.IsWanted: true } crossing)
            {
                Write(packet, crossing, timestamp, CaptureComments.Of(packet, i, isLast: i == last));
            }
        }

        if (packet.Missed is { } missed)
        {
            InterfaceOf(missed.Upper, missed.Lower, missed.IsIp).Missed++;
        }

        Packets += last >= 0 ? 1 : 0;
    }

    /// <summary>Writes the totals of each interface.</summary>
    /// <param name="now">Nanoseconds since 1970 UTC.</param>
    /// <param name="skipped">The packets that were skipped so far.</param>
    public void WriteStatistics(long now, long skipped)
    {
        foreach (var place in _interfaces.Values)
        {
            _blocks.WriteStatistics(place.Number, now, place.Written, skipped + place.Missed, Packets + skipped);
        }
    }

    /// <summary>Writes secrets of sessions whose packets follow.</summary>
    public void WriteSecrets(ReadOnlySpan<byte> lines) => _blocks.WriteWireGuardSecrets(lines);

    private void Write(CapturedPacket packet, in CapturedPacket.Crossing crossing, long timestamp, string? comment)
    {
        var boundary = crossing.Boundary;
        var bytes = packet.BytesOf(crossing);
        var place = InterfaceOf(boundary.Upper, boundary.Lower, boundary.IsIp);
        place.Written++;
        if (boundary.IsIp)
        {
            _blocks.WritePacket(place.Number, timestamp, [], bytes, crossing.OriginalLength, comment, packet.Direction);
            return;
        }

        var whole = _outer.Build(packet.Direction, crossing.Endpoint, bytes, crossing.OriginalLength);
        _blocks.WritePacket(
            place.Number, timestamp, [], whole, whole.Length - bytes.Length + crossing.OriginalLength, comment, packet.Direction);
    }

    private Interface InterfaceOf(string upper, string lower, bool isIp)
    {
        if (!_interfaces.TryGetValue((upper, lower), out var place))
        {
            var description = $"between {upper} and {lower}" + (isIp ? "" : "; datagrams with IP and UDP headers added");
            var snapLength = Math.Min(_request.SnapLength, PcapNgBlocks.MaxSnapLength);
            place = new Interface(_blocks.WriteInterface($"{upper}:below", description, snapLength: snapLength));
            _interfaces.Add((upper, lower), place);
        }

        return place;
    }

    private sealed class Interface(int number)
    {
        public int Number => number;

        public long Written { get; set; }

        /// <summary>The packets that are in the capture, but not at this boundary.</summary>
        public long Missed { get; set; }
    }
}
