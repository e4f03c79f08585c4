namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>
/// Detects a black hole from counts: full-sized packets were sent, and the peer has received none of them. Random loss never does that to more
/// than a few in a row; what looks like it is confirmed by probes. A pure state machine.
/// </summary>
internal sealed class LossWatch
{
    // The least that is sent between two questions keeps their 184 bytes below a thousandth of the traffic; a slow sender is asked about now and then.
    private const int PacketsPerCount = 200;
    private const uint MinLost = 3;

    // A full-sized probe and its answer, measured by a question and its answer.
    private const int ProbeCost = 10;

    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);

    private SizeCounts _sent;
    private SizeCounts _received;
    private TimeSpan _lastAt;
    private uint _lastTotal;

    private TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>The time between two questions, from the rate of full-sized packets.</summary>
    public TimeSpan Pause => Limit(_pause, MinPause);

    /// <summary>The time between two full-sized probes that take the question's place.</summary>
    public TimeSpan ProbePause => Limit(_pause * ProbeCost, MinPause * 2);

    /// <summary>Packets are sent, after a time without: the rate counts from here.</summary>
    public void Start(TimeSpan now, in SizeCounts sent) => (_lastAt, _lastTotal) = (now, sent.Total());

    /// <summary>Notes that the peer is asked now.</summary>
    /// <returns>The number of full-sized packets since the last question.</returns>
    public uint Ask(TimeSpan now, in SizeCounts sent)
    {
        var total = sent.Total();
        var packets = total - _lastTotal;
        if (packets > 0 && now > _lastAt)
        {
            _pause = (now - _lastAt) * PacketsPerCount / packets;
        }

        (_lastAt, _lastTotal) = (now, total);
        return packets;
    }

    /// <summary>Takes the answer.</summary>
    /// <param name="sent">What had been sent when the question left.</param>
    /// <param name="received">What the peer has received.</param>
    /// <returns>Whether packets of some size are lost without exception.</returns>
    public bool Compare(in SizeCounts sent, in SizeCounts received)
    {
        var suspicious = false;
        for (var size = 0; size < SizeCounts.Classes; size++)
        {
            if (received[size] != _received[size])
            {
                (_sent[size], _received[size]) = (sent[size], received[size]);
            }
            else if (sent[size] - _sent[size] >= MinLost)
            {
                suspicious = true;
                _sent[size] = sent[size];
            }
        }

        return suspicious;
    }

    private static TimeSpan Limit(TimeSpan pause, TimeSpan min) => pause < min ? min : pause > MaxPause ? MaxPause : pause;
}
