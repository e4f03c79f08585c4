using Culvert.Algorithms;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>
/// Answers rejected packets: a TCP reset for a segment, otherwise an ICMP or ICMPv6 error "administratively prohibited". What must not be
/// answered is not (RFC 1122 §3.2.2, RFC 4443 §2.4 e), and the rate is bounded (RFC 1812 §4.3.2.8). Any thread may use it.
/// </summary>
internal sealed class Refusals
{
    /// <summary>Answers a second, and answers at once, of all lanes together.</summary>
    public const int AnswersPerSecond = 100;

    private readonly IStageContext _context;
    private readonly TokenBucket _bucket;
    private readonly RefusalCounters _counters;

    /// <summary>Creates the answers of one instance of the stage.</summary>
    public Refusals(IStageContext context)
    {
        _context = context;
        _bucket = context.State("answers", own => new TokenBucket(own.Time, AnswersPerSecond, AnswersPerSecond));
        _counters = new RefusalCounters(context.Counters);
    }

    /// <summary>Answers a packet in the direction that it came from.</summary>
    /// <param name="packet">The packet that is dropped.</param>
    /// <param name="direction">Its direction.</param>
    /// <param name="timestamp">The batch's time.</param>
    public void Answer(in IpView packet, Direction direction, long timestamp)
    {
        Span<byte> answer = stackalloc byte[IcmpError.MaxLength];
        var length = packet.Protocol == IpProtocol.Tcp && packet.IsTransportWhole
            ? TcpReset.Write(packet, answer)
            : IcmpError.AdministrativelyProhibited.Write(packet, answer);
        if (length == 0)
        {
            _counters.Unanswerable.Increment();
        }
        else if (length > _context.Mtu || !_bucket.TryTake(1, timestamp) || !_context.TryRent(length, out var lease))
        {
            _counters.Limited.Increment();
        }
        else
        {
            answer[..length].CopyTo(lease.Data);
            _context.Emit(direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound, lease);
            _counters.Answered.Increment();
        }
    }
}
