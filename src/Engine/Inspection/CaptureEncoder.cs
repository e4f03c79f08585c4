using System.Buffers;
using Culvert.Endpoints.Captures;
using Culvert.Engine.Planning;
using Culvert.Stages;

namespace Culvert.Engine.Inspection;

/// <summary>Writes captured packets as pcapng: an interface for each boundary, on it the packet as it was there. Not thread-safe.</summary>
internal sealed class CaptureEncoder
{
    private const long NanosecondsPerTick = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long ClockStep = 1_000_000;

    private readonly CaptureRequest _request;
    private readonly PcapNgBlocks _blocks;
    private readonly OuterHeaders _outer = new();
    private readonly Dictionary<(string Upper, string Lower), Interface> _interfaces = [];
    private long _clockOffset;

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

    /// <summary>Compares the clock of the packets with the calendar's.</summary>
    public void SetClock(TimeProvider time)
    {
        var utc = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;
        var offset = utc - Nanoseconds(time.GetTimestamp(), time);
        // Not for each difference of a microsecond: times of one flow must not go back.
        if (Math.Abs(offset - _clockOffset) > ClockStep)
        {
            _clockOffset = offset;
        }
    }

    /// <summary>Writes a packet at each boundary of the capture that it crossed.</summary>
    public void Write(CapturedPacket packet, TimeProvider time)
    {
        var timestamp = Nanoseconds(packet.Timestamp, time) + _clockOffset;
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
    /// <param name="time">The pipeline's clock.</param>
    /// <param name="skipped">The packets that were skipped so far.</param>
    public void WriteStatistics(TimeProvider time, long skipped)
    {
        var now = Nanoseconds(time.GetTimestamp(), time) + _clockOffset;
        foreach (var place in _interfaces.Values)
        {
            _blocks.WriteStatistics(place.Number, now, place.Written, skipped + place.Missed, Packets + skipped);
        }
    }

    /// <summary>Writes secrets of sessions whose packets follow.</summary>
    public void WriteSecrets(ReadOnlySpan<byte> lines) => _blocks.WriteWireGuardSecrets(lines);

    private static long Nanoseconds(long timestamp, TimeProvider time) =>
        (long)((Int128)timestamp * NanosecondsPerSecond / time.TimestampFrequency);

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
