using Culvert.Algorithms;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Paths;

/// <summary>Tells the senders of packets that are larger than the path to a peer carries, at a bounded rate. Belongs to one loop.</summary>
internal sealed class TooBigSender(LocalEnd local)
{
    private const int AnswersPerSecond = 100;

    private readonly TokenBucket _answers = new(local.Host.Time, rate: AnswersPerSecond, burst: AnswersPerSecond);

    /// <summary>Sends the answer, where there may be one (<see cref="IcmpError.MayAnswer"/>).</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="mtu">What would fit, in bytes.</param>
    public void Answer(in IpView packet, int mtu)
    {
        if (!_answers.TryTake() || !local.Host.TryRent(IcmpError.MaxLength, out var lease))
        {
            return;
        }

        var length = IcmpError.PacketTooBig(mtu).Write(packet, lease.Data);
        if (length == 0)
        {
            lease.Dispose();
            return;
        }

        lease.TrimEnd(lease.Length - length);
        local.Counters.TooBigAnswers.Increment();
        local.Host.Deliver(lease);
    }
}
