using Culvert.Algorithms;
using Culvert.Counters;
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
    private readonly Counter _answered;
    private readonly Counter _limited;
    private readonly Counter _unanswerable;

    /// <summary>Creates the answers of one instance of the stage.</summary>
    public Refusals(IStageContext context)
    {
        _context = context;
        _bucket = context.State("answers", own => new TokenBucket(own.Time, AnswersPerSecond, AnswersPerSecond));
        _answered = context.Counters.Create("answered", "packets", "Rejected packets that were answered.");
        _limited = context.Counters.Create("answers-limited", "packets", "Rejected packets without an answer, to bound the rate of answers.");
        _unanswerable = context.Counters.Create("unanswerable", "packets", "Rejected packets that must not be answered, errors for example.");
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
            _unanswerable.Increment();
        }
        else if (length > _context.Mtu || !_bucket.TryTake(1, timestamp) || !_context.TryRent(length, out var lease))
        {
            _limited.Increment();
        }
        else
        {
            answer[..length].CopyTo(lease.Data);
            _context.Emit(direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound, lease);
            _answered.Increment();
        }
    }
}
